"""Footnotes of a page: which links are marks, what they lead to, and which links only lead back.

Blogs write them in a dozen ways, and all of them do this: a short link leads forward to an element, in which another
link leads back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ownvoice.articles.formats.page.tree import BLOCKS, Element, holders_of, names_of

_LABEL = re.compile(r"\s*[\[(]?\s*([\w*†‡§¶]{1,6})\s*[\])]?\s*")
_SAYS_SO = re.compile(r"(?:.*-)?(?:footnote|noteref|fnref|endnote)s?(?:-.*|\d*)")
_SYMBOLS = re.compile(r"[^\w\"'“”‘’„‚«»‹›「」『』]*")


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
    targets: dict[str, Element] = {}
    for element in order:
        for name in (element.get("id"), element.get("name") if element.tag == "a" else None):
            if name:
                targets.setdefault(name, element)
    found = Footnotes()
    for link in elements[0].iter("a"):
        href = link.get("href") or ""
        if not href.startswith("#"):
            continue
        text = "".join(link.itertext())
        target, label = targets.get(href[1:]), _LABEL.fullmatch(text)
        if not _SYMBOLS.fullmatch(text) and not (label and target is not None):
            continue
        if label and target is not None and order[target] > order[link] and _looks_like_mark(link):
            found.marks[link] = label[1]
            found.definitions.setdefault(_block_of(target), label[1])
        elif _SYMBOLS.fullmatch(text) or (target is not None and _leads_back(link, target, found)):
            found.links_back.add(link)
    return found


def _looks_like_mark(link: Element) -> bool:
    around = link.getparent()
    raised = link.find("sup") is not None or (around is not None and around.tag == "sup")
    says_so = any(map(_SAYS_SO.fullmatch, names_of(link))) or "noteref" in (link.get("role") or "")
    return raised or says_so


def _leads_back(link: Element, target: Element, found: Footnotes) -> bool:
    """Whether a link stands in a definition, or leads to a mark or the `sup` around one."""
    return _block_of(link) in found.definitions or any(one in found.marks for one in target.iter("a"))


def _block_of(target: Element) -> Element:
    block = target
    while block.tag not in BLOCKS and (around := block.getparent()) is not None:
        block = around
    return block
