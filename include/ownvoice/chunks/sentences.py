"""The ends of sentences, in the scripts of many languages, by a few rules.

A sentence ends after . ! ? … or another script's full stop and the closing quotes and brackets behind it, if white
space follows; after 。！？ in any case; and at every line break. It does not end after an abbreviation, an initial or
the number of a list item, nor before a small letter. `punctuation` has the marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import regex

from ownvoice.chunks.offset_map import Span
from ownvoice.chunks.punctuation import (
    CLOSER,
    DASH,
    OPENER,
    PURE_CLOSER,
    SPACED_CLOSER,
    STOP,
    UNSPACED_STOP,
    is_small,
)

# Each run of marks is matched whole and once, whatever follows, so that a line of dots costs no more than its length.
_END = regex.compile(
    rf"""\n
       | (?P<unspaced> {UNSPACED_STOP}++ {PURE_CLOSER}*+ )
       | {STOP}++ (?: {CLOSER} | {SPACED_CLOSER} )*+
         (?: (?= (?P<space>\s++ | \Z) {DASH}?+ [^\S\n]?+ (?P<letter>\p{{L}})? ) )?+""",
    regex.V1 | regex.VERBOSE,
)
_WORD_EDGE = regex.compile(rf"{OPENER}|{DASH}|\s", regex.V1)
_LIST_NUMBER = re.compile(r"(?:^|\n)\s*\d{1,3}\Z")
_DOTTED = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")  # an initial, or letters as in "e.g" and "U.S"
_MAX_WORD = 16
_LOOK_AHEAD = 64  # characters after an end that the rules may look at
_ABBREVIATION = re.compile(
    r"mr|mrs|ms|dr|prof|st|jr|sr|messrs|gen|col|capt|lt|sgt|rev|hon|pres|gov|sen|vs|figs?|eqs?|vol|nos|nr|eds?|pp|al|cf"
    r"|viz|approx|est|dept|univ|inc|ltd|corp|bros|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|bzw|ca|evtl|ggf|inkl|vgl"
    r"|bspw|sog|abb|tab|hrn?|fr|dipl|ing|mme|mlle|av|env|sra|uds?|ej|pág|núm|см|рис|стр",
    re.IGNORECASE,
)


def sentence_ends(text: str, start: int = 0, end: int | None = None) -> Iterator[int]:
    """Yield the offsets in (start, end] at which a sentence, with its closing quotes and brackets, has just ended."""
    end = len(text) if end is None else end
    for match in _END.finditer(text, start, end + _LOOK_AHEAD):
        is_line = text[match.start()] == "\n"
        stop = match.start() if is_line else match.end()
        if stop > end:
            return
        if stop > start and (is_line or match["unspaced"] or _ends_here(text, match)):
            yield stop


def last_sentence_end(text: str, nearest: int, farthest: int) -> int | None:
    """Return the last end of a sentence in [nearest, farthest], or None; it looks back in windows that grow."""
    width = 128
    while True:
        window = max(nearest - 1, farthest - width)
        ends = list(sentence_ends(text, window, farthest))
        if ends or window < nearest:
            return ends[-1] if ends else None
        width *= 4


def sentences(text: str) -> list[Span]:
    """Return the spans of the sentences; only white space lies between them."""
    spans: list[Span] = []
    start = 0
    for end in [*sentence_ends(text), len(text)]:
        piece = text[start:end]
        if bare := piece.strip():
            start += len(piece) - len(piece.lstrip())
            spans.append((start, start + len(bare)))
        start = end
    return spans


def _ends_here(text: str, match: regex.Match[str]) -> bool:
    """Whether a punctuation mark ends a sentence, by the white space and the letter after it and the word before it."""
    if match["space"] is None:
        return False
    if match["letter"] and is_small(match["letter"]) and "\n" not in match["space"]:
        return False
    position = match.start()
    if text[position] != "." or text.startswith("..", position):
        return True
    nearby = text[max(0, position - _MAX_WORD) : position]
    if _LIST_NUMBER.search(nearby):
        return False
    word = _WORD_EDGE.split(nearby)[-1]
    return not (_ABBREVIATION.fullmatch(word) or _DOTTED.fullmatch(word))
