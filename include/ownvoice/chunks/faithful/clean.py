"""The faithful cleaning: an article without its markup, and with every mark that its author typed.

Letters, digits, punctuation, quotes, dashes and emoji stay as they are. Markdown and HTML marks, images, rules,
tables, code blocks, footnote marks and navigation go. Paragraphs and headings are set apart by a blank line, the items
of a list by a line break. A line that was only wrapped is joined by a space, or by nothing inside a hyphenated word.

The text is first masked: all that is not Markdown is written over at the same length (`masks`, `navigation`), and the
blocks of prose are found (`blocks`). Three steps follow, each with its offset map: the blocks are joined, the marks
inside them are taken out (`inline`), and runs of spaces become one space.
"""

from __future__ import annotations

import re
from itertools import accumulate, pairwise

from ownvoice.chunks.cleaned_text import CleanedText
from ownvoice.chunks.faithful.blocks import Block, find_blocks
from ownvoice.chunks.faithful.inline import read_inline
from ownvoice.chunks.faithful.marks import EDGE, HIDDEN, MARK, MARK_1
from ownvoice.chunks.faithful.masks import mask
from ownvoice.chunks.faithful.navigation import mask_buttons, without_menus
from ownvoice.chunks.offset_map import OffsetMap

_BLANK_LINE = EDGE + EDGE
_SPACES = re.compile(r"(  +)")
# A block may be empty without its marks only if it begins with one of these: an image, a tag, a mark that is hidden or
# of a footnote, a link.
_EMPTY_STARTS = frozenset("![<*_~" + HIDDEN)
_MAYBE_EMPTY = re.compile(rf"[*_~\[\s]*(?:!\[|<|\[\^|\]|{HIDDEN}|\Z)")


def clean(original: str) -> CleanedText:
    """Return the faithfully cleaned text of an article's content, with the map back to it."""
    return _clean(mask(original), MARK)


def clean_1(original: str) -> CleanedText:
    """Return the text as version 1 cleaned it, which knew no dialects: pairs of that version are proved by it."""
    return _clean(mask(original, dialects=False), MARK_1)


def _clean(masked: str, marks: re.Pattern[str]) -> CleanedText:
    masked = mask_buttons(masked)
    blocks, link_names = find_blocks(masked)
    blocks = [
        block
        for block in without_menus(masked, blocks)
        if masked[block.start] not in _EMPTY_STARTS or not _is_empty(masked, block, marks, link_names)
    ]
    prose, to_prose = _join(masked, blocks)
    pieces, kept = read_inline(prose, marks, _spaced_punctuation(masked, blocks), link_names)
    maps = [to_prose, OffsetMap.of(pieces, kept)]
    text = "".join(kept)
    if "  " in text:
        pieces = _SPACES.split(text)
        kept = [" " if piece.startswith("  ") else piece for piece in pieces]
        maps.append(OffsetMap.of(pieces, kept))
        text = "".join(kept)
    headings = [to_prose.after[2 * index + 1] for index, block in enumerate(blocks) if block.kind == "heading"]
    for step in maps[1:]:
        headings = [step.offset_after(start) for start in headings]
    text = text.replace("\n", " ").replace("\t", " ").replace(EDGE, "\n")
    return CleanedText(text, tuple(headings), tuple(maps))


def _is_empty(masked: str, block: Block, marks: re.Pattern[str], link_names: frozenset[str]) -> bool:
    """Whether nothing is left of a block without its marks."""
    _, start, end = block
    if not _MAYBE_EMPTY.match(masked, start, end):
        return False
    _, kept = read_inline(EDGE + masked[start:end] + EDGE, marks, "", link_names)
    return not "".join(kept).strip()


def _join(masked: str, blocks: list[Block]) -> tuple[str, OffsetMap]:
    """Return the blocks with edges between and around them, and the map of this step.

    The map knows nothing of the two edges around, which only save `read_inline` from looking beyond the ends.
    """
    kinds = [kind for kind, _, _ in blocks]
    before = [0] * (2 * len(blocks) + 1) + [len(masked)]
    before[1:-1:2] = [start for _, start, _ in blocks]
    before[2:-1:2] = [end for _, _, end in blocks]
    kept = [""] * (2 * len(blocks) + 1)
    kept[1::2] = [masked[start:end] for _, start, end in blocks]
    kept[2:-1:2] = [EDGE if this == that == "item" else _BLANK_LINE for this, that in pairwise(kinds)]
    to_prose = OffsetMap(before, list(accumulate(map(len, kept), initial=0)))
    kept[0] = kept[-1] = EDGE
    return "".join(kept), to_prose


def _spaced_punctuation(masked: str, blocks: list[Block]) -> str:
    """Return the punctuation marks that html2text sets off from a closing mark by a space ("**bold** ,")."""
    # html2text indents list items by two spaces. In other texts ; : ! ? and ) may be French, which spaces them too.
    if any(kind == "item" and masked.endswith(("  * ", "  1. "), 0, start) for kind, start, _ in blocks):
        return ",.;:!?)"
    return ",."
