"""The faithful reading: an article without its markup, and with every mark its author typed.

Letters, digits, punctuation, quotes, dashes and emoji stay as they are. Markdown and HTML marks, images, rules,
tables, code blocks, footnote marks and navigation go. Paragraphs and headings are set apart by a blank line, the
items of one list by a line break; a line that was only wrapped is joined by one space, or by nothing where the wrap
fell inside a hyphenated word.

Two steps, each with its map: the blocks that hold prose are joined, then the marks inside them are taken out.
"""

from __future__ import annotations

import re
from itertools import accumulate, pairwise

from ownvoice.chunks.cleaned_text import CleanedText
from ownvoice.chunks.faithful.blocks import Block, find_blocks
from ownvoice.chunks.faithful.inline import read_inline
from ownvoice.chunks.faithful.marks import EDGE
from ownvoice.chunks.faithful.masks import mask
from ownvoice.chunks.faithful.navigation import mask_buttons, without_menus
from ownvoice.chunks.offset_map import OffsetMap

_BLANK_LINE = EDGE + EDGE
_SPACES = re.compile(r"(  +)")
# What a block can begin with that may leave no words of it: an image, a tag, a footnote mark, an empty link, an icon.
_EMPTY_STARTS = frozenset("![<*_~")
_MAYBE_EMPTY = re.compile(r"[*_~\[\s]*(?:!\[|<|\[\^|\]|\Z)")


def clean(original: str) -> CleanedText:
    """Return the faithful reading of an article's content, with the map back to it."""
    source = mask_buttons(mask(original))
    blocks, references = find_blocks(source)
    blocks = [
        block
        for block in without_menus(source, blocks)
        if source[block[1]] not in _EMPTY_STARTS or not _is_empty(source, block, references)
    ]
    prose, to_prose = _join(source, blocks)
    pieces, kept = read_inline(prose, _detached(source, blocks), references)
    maps = [to_prose, OffsetMap.of(pieces, kept)]
    text = "".join(kept)
    if "  " in text:
        pieces = _SPACES.split(text)
        kept = [" " if piece.startswith("  ") else piece for piece in pieces]
        maps.append(OffsetMap.of(pieces, kept))
        text = "".join(kept)
    headings = [to_prose.after[2 * index + 1] for index, block in enumerate(blocks) if block[0] == "heading"]
    for step in maps[1:]:
        headings = [step.offset_after(start) for start in headings]
    text = text.replace("\n", " ").replace("\t", " ").replace(EDGE, "\n")
    return CleanedText(text, tuple(headings), tuple(maps))


def _is_empty(source: str, block: Block, references: frozenset[str]) -> bool:
    """Say whether nothing is left of a block without its marks."""
    _, start, end = block
    if not _MAYBE_EMPTY.match(source, start, end):
        return False
    _, kept = read_inline(EDGE + source[start:end] + EDGE, "", references)
    return not "".join(kept).strip()


def _join(source: str, blocks: list[Block]) -> tuple[str, OffsetMap]:
    """Return the blocks with edges around and between them, and the map to them without the edges around."""
    kinds = [kind for kind, _, _ in blocks]
    before = [0] * (2 * len(blocks) + 1) + [len(source)]
    before[1:-1:2] = [start for _, start, _ in blocks]
    before[2:-1:2] = [end for _, _, end in blocks]
    kept = [""] * (2 * len(blocks) + 1)
    kept[1::2] = [source[start:end] for _, start, end in blocks]
    kept[2:-1:2] = [EDGE if this == that == "item" else _BLANK_LINE for this, that in pairwise(kinds)]
    to_prose = OffsetMap(before, list(accumulate(map(len, kept), initial=0)))
    kept[0] = kept[-1] = EDGE
    return "".join(kept), to_prose


def _detached(source: str, blocks: list[Block]) -> str:
    """Return the punctuation marks that html2text sets off from a closing mark ("**bold** ,")."""
    # Its list items are known by two spaces. Only there are ; : ! ? and ) safe: French sets them off as well.
    if any(kind == "item" and source.endswith(("  * ", "  1. "), 0, start) for kind, start, _ in blocks):
        return ",.;:!?)"
    return ",."
