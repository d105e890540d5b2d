"""Footnotes of a page: which links are marks, what they lead to, and which links only lead back.

Blogs write them in a dozen ways, and all of them do this: a short link leads forward to an element, in which another
link leads back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from ownvoice.articles.formats.page.tree import BLOCKS, Element, holders_of, names_of

_LABEL = re.compile(
    r"\s*[\[(]?\s*(\d{1,4}[a-z]?|[a-z]|[ivxlc]{1,7}|[*†‡§¶]{1,4}|(?:fn|nb|note)?\d{1,3})\s*[\])]?\s*", re.IGNORECASE
)
_SAYS_SO = re.compile(r"(?:.*-)?(?:footnote|noteref|fnref|endnote)s?(?:-.*|\d*)")
_SAYS_BACK = re.compile(r"(?:.*-)?(?:backref|backlink|footnote-back|reversefootnote)")
_SYMBOLS = re.compile(r"[^\w\"'“”‘’„‚«»‹›「」『』]*")

_MAX_PARTS, _MAX_CHARS = 8, 40
_MAX_INLINE = 8  # elements between a link or target and the block that it is in


@dataclass(slots=True)
class Footnotes:
    """The marks (a link: its label), the definitions (a block: its label), and the links that are no text."""

    marks: dict[Element, str] = field(default_factory=dict)
    definitions: dict[Element, str] = field(default_factory=dict)
    links_back: set[Element] = field(default_factory=set)

    def holders(self) -> set[Element]:
        """Return the definitions and all elements around one."""
        return holders_of(iter(self.definitions))


def find_footnotes(elements: Sequence[Element]) -> Footnotes:
    """Return the footnotes of a page, given all its elements in their order."""
    order = {element: number for number, element in enumerate(elements)}
    targets = _targets(elements)
    found = Footnotes()
    led_from: set[Element] = set()  # the marks, and what is right around them
    for link in elements[0].iter("a"):
        href = link.get("href") or ""
        text = _short_text(link) if href.startswith("#") else None
        if text is None:
            continue
        target, label = targets.get(href[1:]), _LABEL.fullmatch(text)
        if label and target is not None and order[target] > order[link] and _looks_like_mark(link):
            found.marks[link] = label[1]
            found.definitions.setdefault(_block_of(target), label[1])
            led_from.update(one for one in (link, *islice(link.iterancestors(), 2)) if one.tag not in BLOCKS)
            continue
        repeats_label = label and found.definitions.get(_block_of(link)) == label[1]
        if repeats_label or target in led_from or _SYMBOLS.fullmatch(text) or _says_back(link):
            found.links_back.add(link)
    return found


def _targets(elements: Sequence[Element]) -> dict[str, Element]:
    targets: dict[str, Element] = {}
    for element in elements:
        for name in (element.get("id"), element.get("name") if element.tag == "a" else None):
            if name:
                targets.setdefault(name, element)
    return targets


def _short_text(link: Element) -> str | None:
    """Return the text of a link if it is as short as a mark, or as words that lead back; else None."""
    parts = list(islice(link.itertext(), _MAX_PARTS + 1))
    length = sum(map(len, parts))
    return "".join(parts) if len(parts) <= _MAX_PARTS and length <= _MAX_CHARS else None


def _looks_like_mark(link: Element) -> bool:
    around = link.getparent()
    raised = link.find("sup") is not None or (around is not None and around.tag == "sup")
    return raised or any(map(_SAYS_SO.fullmatch, names_of(link))) or "noteref" in (link.get("role") or "")


def _says_back(link: Element) -> bool:
    return any(map(_SAYS_BACK.fullmatch, names_of(link))) or "backlink" in (link.get("role") or "")


def _block_of(target: Element) -> Element:
    around = islice(target.iterancestors(), _MAX_INLINE)
    return next((one for one in (target, *around) if one.tag in BLOCKS), target)
