"""Cut a faithfully cleaned text into chunks: at sentence ends, at paragraph ends where they fit, and at headings.

Each boundary is found by looking back from the farthest place where the chunk may end, so the work grows with the
number of chunks and not of sentences.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from ownvoice.chunks.cleaned_text import CleanedText
from ownvoice.chunks.offset_map import Span
from ownvoice.chunks.sentences import last_sentence_end

_CLAUSE_END = re.compile(r"[,;:—–](?=\s)|[，；：、،؛]")
_NOT_BLANK = re.compile(r"\S")
_JOINERS = "\u200d\ufe0e\ufe0f"


def cut(cleaned: CleanedText, min_chars: int, max_chars: int) -> list[Span]:
    """Return the spans of the chunks in the cleaned text, in order; they hold all of it but white space between them.

    A chunk has at most `max_chars` characters. A section (from one heading to the next) of at least `min_chars` is cut
    by itself, and a run of shorter sections is cut together. A chunk that is still too short joins the one after it
    (the last one: the one before it) if both fit, and else is a chunk alone. So an edit inside a long section changes
    no chunk of another long section. Needs `max_chars >= 2 * min_chars`.
    """
    text = cleaned.text
    chunks: list[Span] = []
    short: Span | None = None
    for start, end in _groups(cleaned, min_chars):
        filled = _fill(text, start, end, min_chars, max_chars)
        if short and filled:
            if filled[0][1] - short[0] <= max_chars:
                filled[0] = (short[0], filled[0][1])
            else:
                chunks.append(short)
        short = filled.pop() if end - start < min_chars and filled else None
        chunks += filled
    if short and chunks and short[1] - chunks[-1][0] <= max_chars:
        short = (chunks.pop()[0], short[1])
    return [*chunks, short] if short else chunks


def halves(text: str, span: Span) -> tuple[Span, Span]:
    """Cut a span in two, at the best boundary in its middle third."""
    start, end = span
    third = (end - start) // 3
    boundary = _boundary(text, start + third, end - third)
    return _trimmed(text, start, boundary), _trimmed(text, boundary, end)


def _groups(cleaned: CleanedText, min_chars: int) -> list[Span]:
    """Return the sections of at least `min_chars`, and runs of shorter sections that reach it together."""
    edges = sorted({0, *cleaned.headings, len(cleaned.text)})
    groups: list[Span] = []
    open_start: int | None = None
    for start, end in pairwise(edges):
        if end - start >= min_chars:
            if open_start is not None:
                groups.append((open_start, start))
            groups.append((start, end))
            open_start = None
        else:
            open_start = start if open_start is None else open_start
            if end - open_start >= min_chars:
                groups.append((open_start, end))
                open_start = None
    if open_start is not None:
        groups.append((open_start, edges[-1]))
    return groups


def _fill(text: str, start: int, end: int, min_chars: int, max_chars: int) -> list[Span]:
    """Cut one group, each chunk as long as it may be; the last but one is shorter if else the last were too short."""
    chunks: list[Span] = []
    start, end = _trimmed(text, start, end)
    while end - start > max_chars:
        farthest = start + max_chars if end - start >= max_chars + min_chars else end - min_chars
        boundary = _boundary(text, start + min_chars, farthest)
        chunks.append(_trimmed(text, start, boundary))
        start, end = _trimmed(text, boundary, end)
    if start < end:
        chunks.append((start, end))
    return chunks


def _trimmed(text: str, start: int, end: int) -> Span:
    first = _NOT_BLANK.search(text, start, end)
    if first is None:
        return end, end
    while text[end - 1].isspace():
        end -= 1
    return first.start(), end


def _boundary(text: str, nearest: int, farthest: int) -> int:
    """Return the last end of a paragraph in [nearest, farthest]; without one of a sentence, a clause, or a word."""
    paragraph = text.rfind("\n\n", nearest, farthest + 2)
    if paragraph >= 0:
        return paragraph
    sentence = last_sentence_end(text, nearest, farthest)
    if sentence is not None:
        return sentence
    clause = 0
    for match in _CLAUSE_END.finditer(text, nearest, farthest):
        clause = match.end()
    if clause:
        return clause
    for position in range(farthest, nearest, -1):
        if text[position].isspace():
            return position
    return _between_graphemes(text, nearest, farthest)


def _between_graphemes(text: str, nearest: int, farthest: int) -> int:
    """Return the last place that is not inside an accented letter, a joined emoji or a flag.

    These are the cases of Unicode's extended grapheme clusters (UAX 29) that long runs without a space have.
    """
    for position in range(farthest, nearest, -1):
        if not _continues(text, position):
            return position
    return farthest


def _continues(text: str, position: int) -> bool:
    before, after = text[position - 1], text[position]
    if before == "\u200d" or after in _JOINERS or unicodedata.category(after).startswith("M"):
        return True
    if "\U0001f3fb" <= after <= "\U0001f3ff" or "\ud800" <= before <= "\udbff":  # a skin tone; half a pair
        return True
    return _is_flag_half(before) and _is_flag_half(after)


def _is_flag_half(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
