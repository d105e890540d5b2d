"""Marks by which an author keeps an article back: drafts, private notes, posts that are not published."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ownvoice.articles.formats.names import texts_of, values_at
from ownvoice.articles.formats.opened import Fields
from ownvoice.config.source_rules import SourceRules

KEPT_BACK_IF_SET = ("draft", "private", "is_draft", "isdraft")
KEPT_BACK_IF_CLEARED = ("published", "publish", "public")
KEPT_BACK_BY_WORD = ("status", "post_status", "state", "visibility")
MARKS = (*KEPT_BACK_IF_SET, *KEPT_BACK_IF_CLEARED, *KEPT_BACK_BY_WORD)

_NO = frozenset({"no", "n", "false", "f", "off", "0", "never"})
_WORDS_FOR_DRAFT = ("draft", "drafts", "auto-draft", "unpublished", "not published", "pending", "future", "scheduled")
_WORDS_FOR_PRIVATE = ("private", "hidden", "internal", "password", "trash")
_KEPT_BACK = frozenset((*_WORDS_FOR_DRAFT, *_WORDS_FOR_PRIVATE))


def is_draft(fields: Fields, rules: SourceRules) -> bool:
    """Whether `fields` mark their article as a draft or as private.

    A mark that cannot be understood (`draft: perhaps`) counts as set; a date says that the article is published.
    """
    return (
        any(word not in _NO for word in _words(fields, *rules.names_of("draft"), *KEPT_BACK_IF_SET))
        or any(word in _NO for word in _words(fields, *KEPT_BACK_IF_CLEARED))
        or any(_keeps_back(status) for status in _words(fields, *KEPT_BACK_BY_WORD))
    )


def _keeps_back(status: str) -> bool:
    words = status.replace("_", "-")
    return words in _KEPT_BACK or words.split()[0].strip(",;:.()") in _KEPT_BACK


def _words(fields: Fields, *names: str) -> Iterator[str]:
    for name in names:
        for value in values_at(fields, name):
            yield from (text.casefold() for text in _said(value))


def _said(value: Any) -> list[str]:
    """Return the texts of a mark; something that is no plain value is a text like another."""
    return texts_of(value) or ([type(value).__name__] if value not in (None, "") else [])
