"""Whether the author's words survived the reading: letters, digits and quotation marks, counted before and after.

`verify` proves spans in what a reader made of a page, so what is lost before that would be lost without a word. Two
steps can lose text, and each is compared with what it was given: the parser with the markup, read without a tree, and
the Markdown with the tree.
"""

from __future__ import annotations

from collections import Counter

from ownvoice.articles.article import Reason, UnreadableError
from ownvoice.articles.formats.page.main_text import MainText
from ownvoice.articles.formats.page.markup import RAW_TEXT, text_between_tags
from ownvoice.articles.formats.page.tree import Element, shown_text

MAX_CHANGED_SHARE = 0.01
"""The share of the main text's letters, digits and quotation marks that may be lost, or come in."""

QUOTATION_MARKS = frozenset("\"'“”„‟‘’‚‛«»‹›「」『』〝〞〟＂＇")


def check_survival(page: str, root: Element, main: MainText, markdown: str, added: Counter[str]) -> None:
    """Raise `UnreadableError` where more than `MAX_CHANGED_SHARE` of the main text is lost, or was not on the page.

    `added` are the characters of `markdown` that the page shows without holding them.
    """
    main_text = _counted(shown_text(main.element, main.left_out))
    all_text = _counted(shown_text(root, set(root.iter(*RAW_TEXT))))
    markup, written = _counted(text_between_tags(page)), _counted(markdown)
    written.subtract(added)
    lost = _more(markup, all_text) + _more(main_text, written)
    come_in = _more(all_text, markup) + _more(written, main_text)
    if max(lost, come_in) > MAX_CHANGED_SHARE * main_text.total():
        raise UnreadableError(
            Reason.LOST_TEXT,
            f"of the {main_text.total():,} letters, digits and quotation marks of its main text {lost:,} would be "
            f"lost, and {come_in:,} come in: the page's HTML is broken; mend it, or give the article as Markdown",
        )


def _counted(text: str) -> Counter[str]:
    counts = Counter(text)
    return Counter({one: count for one, count in counts.items() if one.isalnum() or one in QUOTATION_MARKS})


def _more(before: Counter[str], after: Counter[str]) -> int:
    return sum(max(0, count - after[one]) for one, count in before.items())
