"""What gives a side away, in words: the medians of the lengths, and the marks that one side has far more often."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ownvoice.pairs.balance.texts import MARKS, OTHER, Texts

_TOLD_BY_SHARE = 0.2
_MOST_MARKS = 3


def tells(texts: Texts, cue: str) -> list[str]:
    """Return what tells chosen from rejected answers by a cue, the strongest first; nothing where no mark does."""
    return [_lengths(texts)] if cue == "length" else _marks(texts)


def _lengths(texts: Texts) -> str:
    chosen, rejected = (int(np.median(texts.chars[side::2])) for side in (0, 1))
    return f"the median chosen answer has {chosen:,} characters and the median rejected one {rejected:,}"


def _marks(texts: Texts) -> list[str]:
    found = [
        (abs(chosen - rejected), f"{verb} {chosen:.0%} of the chosen and {rejected:.0%} of the rejected answers")
        for verb, has in _places(texts)
        for chosen, rejected in [(float(has[0::2].mean()), float(has[1::2].mean()))]
    ]
    ranked = sorted((one for one in found if one[0] >= _TOLD_BY_SHARE), key=lambda one: (-one[0], one[1]))
    return [sentence for _, sentence in ranked[:_MOST_MARKS]]


def _places(texts: Texts) -> Iterator[tuple[str, np.ndarray]]:
    """Yield where each mark can be, in words, and for each text whether it is there."""
    for column in range(OTHER + 1):
        mark = f"“{MARKS[column]}”" if column < OTHER else "another mark"
        yield f"{mark} begins", texts.first == column
        yield f"{mark} ends", texts.last == column
        yield f"{mark} stands in", texts.marks[:, column] > 0
