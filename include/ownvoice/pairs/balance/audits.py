"""Audits of a balanced version: whether each cue was brought to the bound, and what that cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from ownvoice.pairs.audits import Audit, audit
from ownvoice.pairs.cues import MIN_ARTICLES, MIN_PAIRS
from ownvoice.storage.selection import CueBalance, Selection

_ADVICE = {
    "length": "ask for rejected answers as long as the chosen ones: rejected_length, rejected_draws or rejected_cut",
    "punctuation": "ask for plain prose in the author's typography, or have another model write them (rejected_by)",
}


def balance_audits(selection: Selection, pairs: int) -> Iterator[Audit]:
    """Yield an audit for each cue that a selection was made against, and one of what it cost of so many pairs."""
    for cue in dict.fromkeys(one.cue for one in selection.cues):
        yield _balanced(cue, [one for one in selection.cues if one.cue == cue], selection.bound)
    yield _left_out(selection.left_out, pairs)


def cue_sentence(found: CueBalance, bound: float) -> str:
    """Say what came of one cue on one side of the split."""
    if found.before is None or found.after is None:
        return f"{found.split}: not judged, {found.pairs:,} pairs where it takes {MIN_PAIRS} of {MIN_ARTICLES} articles"
    said = f"{found.split}: {found.before:.2f} of all {found.pairs:,} pairs, "
    said += f"{found.after:.2f} of those selected, {found.left_out:,} left out for it"
    if found.after > bound and found.nearest is not None:
        said += f"; not brought to {bound:.2f}: a choice of {found.nearest_pairs:,} came to {found.nearest:.2f}"
    return "; ".join((said, *found.tells))


def _balanced(cue: str, sides: list[CueBalance], bound: float) -> Audit:
    worst = max((one.after for one in sides if one.after is not None), default=None)
    sentence = f"How well it tells chosen from rejected. {'. '.join(cue_sentence(one, bound) for one in sides)}."
    advice = f"A model may learn {cue} and little else: {_ADVICE[cue]}."
    numbers = {"sides": [asdict(one) for one in sides]}
    worries = worst is not None and worst > bound
    return audit(f"balanced_{cue}", numbers, bound, worst, sentence, worries=worries, advice=advice)


def _left_out(left_out: int, pairs: int, threshold: float = 0.5) -> Audit:
    """Warn where balance costs more than half of the pairs: better rejected answers are then the cheaper way."""
    share = left_out / pairs if pairs else 0.0
    sentence = f"{left_out:,} of {pairs:,} pairs ({share:.0%}) are left out of training and exports."
    advice = f"Balance costs more than half of what was paid for: {_ADVICE['length']}."
    numbers = {"pairs": pairs, "left_out": left_out, "share": round(share, 4)}
    return audit("left_out", numbers, threshold, share, sentence, worries=share > threshold, advice=advice)
