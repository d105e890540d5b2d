"""The faithful reading: an article without its markup, and with every mark its author typed.

Letters, digits, punctuation, quotes, dashes and emoji stay as they are. Markdown and HTML marks, images, rules,
tables, code blocks, footnote marks and navigation go. Paragraphs and headings are set apart by a blank line, the
items of one list by a line break; a line that was only wrapped is joined by one space, or by nothing where the wrap
fell inside a hyphenated word.
"""

from __future__ import annotations

import re

from ownvoice.chunks.blocks import find_blocks
from ownvoice.chunks.cleaned import CleanedText, Edit, apply_edits
from ownvoice.chunks.inline import inline_edits
from ownvoice.chunks.masks import mask
from ownvoice.chunks.navigation import mask_buttons, without_menus

_REFERENCE = re.compile(r"\[(?!\^)([^\[\]\n]++)\]:[ \t]*+\S")


def clean(original: str) -> CleanedText:
    """Return the faithful reading of an article's content, with the map back to it."""
    source = mask_buttons(mask(original))
    references = frozenset(name.lower() for name in _REFERENCE.findall(source)) if "]:" in source else frozenset()
    # html2text sets punctuation off from a closing mark ("**bold** ,"); its list items are known by two spaces.
    detached = ",.;:!?)" if "  * " in source or "  1. " in source else ",."
    edits: list[Edit] = []
    headings: list[int] = []
    position, kind_before = 0, ""
    for kind, start, end in without_menus(source, find_blocks(source)):
        marks = inline_edits(source, start, end, detached, references)
        if marks and marks[0][0] == start and marks[-1][1] == end and _leaves_nothing(marks, start, end):
            continue
        gap = "" if not kind_before else "\n" if kind == kind_before == "item" else "\n\n"
        edits.append((position, start, gap))
        edits += marks
        if kind == "heading":
            headings.append(start)
        position, kind_before = end, kind
    edits.append((position, len(original), ""))
    return apply_edits(_spaced(original), edits, headings)


def _spaced(original: str) -> str:
    return original.replace("\n", " ").replace("\t", " ").replace("\r", " ")


def _leaves_nothing(marks: list[Edit], start: int, end: int) -> bool:
    return not any(new for _, _, new in marks) and sum(right - left for left, right, _ in marks) == end - start
