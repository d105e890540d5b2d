"""One article of an export: its body in HTML and its fields, on their way to an article like any other."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ownvoice.articles.article import Article, PassedOver, Reason, UnreadableError
from ownvoice.articles.formats.fields import make_article
from ownvoice.articles.formats.html import body_page
from ownvoice.articles.formats.opened import Fields
from ownvoice.config.source_rules import SourceRules

WITHOUT_TEXT = "without text"
"""Why a post of pictures, players or nothing at all is passed over: platforms export thousands, and none is a fault."""

_TAG = re.compile(r"<[^<>]{0,2000}>")


@dataclass(frozen=True, slots=True)
class Entry:
    """An article of an export. `fields` are in the order in which they are heard, the export's own first.

    `text` returns the content; it may raise `UnreadableError`. `beside` are the sidecars of the whole export.
    """

    key: str
    text: Callable[[], str]
    fields: Sequence[Fields]
    beside: Sequence[Fields] = field(default_factory=tuple)

    def article(self, rules: SourceRules) -> Article | PassedOver:
        """Return the article, or why it is passed over. Raises `UnreadableError` where it cannot be read.

        A draft is one whatever it holds: what cannot be read of it is no fault.
        """
        content, fault = "", None
        try:
            content = self.text()
        except UnreadableError as error:
            fault = error
        made = make_article(self.key, content.strip() or "-", self.fields, rules, self.beside)
        if isinstance(made, PassedOver):
            return made
        if fault and fault.reason is not Reason.NO_MAIN_TEXT:
            raise fault
        return made if content.strip() else PassedOver(self.key, WITHOUT_TEXT, made.metadata_id)


def html_entry(key: str, body: str, fields: Sequence[Fields], beside: Sequence[Fields], language: str = "") -> Entry:
    """Return an entry whose text is that of a piece of HTML."""
    return Entry(key, lambda: body_page(body, language).content, fields, beside)


def key_by_id(key: str, article_id: str | None) -> str:
    """Return the key of an article by its id in the place of its number, which changes with every post before it."""
    return f"{key.rpartition('#')[0]}#{article_id}" if article_id else key


def plain(markup: str) -> str:
    """Return the words of a title, which exports hold with entities and now and then with tags."""
    return " ".join(html.unescape(_TAG.sub("", markup)).split())
