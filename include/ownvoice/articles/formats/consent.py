"""Consent as authors state it, in many words and shapes: anything but a clear yes is a no."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ownvoice.articles.formats.names import text_of

_YES = frozenset({"yes", "y", "true", "1", "on", "given", "granted"})


def consent_of(stated: Iterable[Any]) -> str:
    """Return "yes", "no", or nothing where nothing is stated, for all statements about one article together.

    A statement that is a list is a yes if each of its items is; an object is none, because its names may mean anything
    (`{refused: yes}`). One statement that is no clear yes is a refusal.
    """
    words = {word for value in stated for word in _words(value)} - {""}
    return "" if not words else "yes" if words <= _YES else "no"


def _words(value: Any) -> list[str]:
    if isinstance(value, list) and value:
        return [_word(one) for one in value]
    return [_word(value)]


def _word(value: Any) -> str:
    return type(value).__name__ if isinstance(value, (dict, list)) else text_of(value).casefold()
