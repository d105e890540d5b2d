"""Instructions that carry the content of a passage, as prompt version 3 asks for them.

Points are pieces of the passage in another order, a paraphrase is the passage in stiff words with fillers between its
pieces: no run of words is long enough to be a copy, and every name and number stands there. Some are wrong on purpose.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum

from ownvoice.offline_model.words import FILLERS

_PIECE_WORDS, _PIECE_CHARS = 6, 12
_LONGEST_WORD_CHARS = 30
_TOO_OFTEN = 4


class ContentSlip(StrEnum):
    """What may be wrong on purpose with an instruction that carries content."""

    CARRIES_NOTHING = "carries_nothing"
    COPIES_THE_PASSAGE = "copies_the_passage"
    LACKS_NUMBERS = "lacks_numbers"
    LACKS_NAMES = "lacks_names"
    CARRIES_TOO_MUCH = "carries_too_much"


CONTENT_SLIPS: tuple[ContentSlip | None, ...] = (*ContentSlip, *(None,) * 35)
"""Of forty passages, one has each slip."""


def with_content(kind: str, ask: str, passage: str, stiff: Callable[[str], str], slip: ContentSlip | None) -> str:
    """Return `ask` and what it carries of `passage`: points for a brief, else a paraphrase in `stiff` words."""
    if slip is ContentSlip.CARRIES_NOTHING:
        return ask
    if slip is ContentSlip.COPIES_THE_PASSAGE:
        return f"{ask}\n{passage}"
    pieces = _pieces(_without(passage, slip))
    carried = _points(pieces) if kind == "brief" else _paraphrase(pieces, stiff)
    return "\n".join([ask, *([carried] * (_TOO_OFTEN if slip is ContentSlip.CARRIES_TOO_MUCH else 1))])


def _without(passage: str, slip: ContentSlip | None) -> str:
    if slip is ContentSlip.LACKS_NUMBERS:
        return re.sub(r"\w*\d\S*", "some", passage)
    if slip is ContentSlip.LACKS_NAMES:
        return re.sub(r"(?<=[a-z,] )[A-Z]\w+|\b[A-Z]+[a-z]*[A-Z]\w*", "somebody", passage)
    return passage


def _pieces(passage: str) -> list[str]:
    """Cut a passage into runs of a few words, or of a few letters in a script without spaces."""
    words = passage.split()
    if len(words) * _LONGEST_WORD_CHARS < len(passage):
        return [passage[first : first + _PIECE_CHARS] for first in range(0, len(passage), _PIECE_CHARS)]
    return [" ".join(words[first : first + _PIECE_WORDS]) for first in range(0, len(words), _PIECE_WORDS)]


def _points(pieces: list[str]) -> str:
    return "\n".join(f"- {piece.strip(' ,;.!?')}" for piece in reversed(pieces))


def _paraphrase(pieces: list[str], stiff: Callable[[str], str]) -> str:
    """Return the pieces in order with a filler between any two."""
    first, *others = pieces
    fillers = (FILLERS[place % len(FILLERS)] for place in range(len(others)))
    return stiff(first) + "".join(f", {filler}, {stiff(piece)}" for filler, piece in zip(fillers, others, strict=True))
