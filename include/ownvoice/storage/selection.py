"""What the commit of a dataset version says of its selection: which shortcuts the pairs that train were freed from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class CueBalance:
    """One cue on one side of the split, over `pairs` pairs of which `left_out` are left out for it.

    `before` and `after` say how well the cue tells chosen from rejected answers, of all pairs and of the selected ones:
    0.5 is a coin, 1.0 certain; None where there are too few pairs to judge. Where it was not brought to the bound,
    `nearest` is how far a choice of `nearest_pairs` came, which was not taken. `tells` names what gave the sides away.
    """

    split: str
    cue: str
    pairs: int
    left_out: int
    before: float | None
    after: float | None
    nearest: float | None = None
    nearest_pairs: int | None = None
    tells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """A balanced version: the bound that no cue was to exceed, and what came of it."""

    bound: float
    cues: tuple[CueBalance, ...]

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """Read what `dataclasses.asdict` wrote."""
        cues = (CueBalance(**cue | {"tells": tuple(cue["tells"])}) for cue in record["cues"])
        return cls(record["bound"], tuple(cues))

    @property
    def left_out(self) -> int:
        """The pairs that are not selected."""
        return sum(cue.left_out for cue in self.cues)
