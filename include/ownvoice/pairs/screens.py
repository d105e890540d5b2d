"""The screen: texts that no pair may hold. It comes after the filters, since it depends on more than the pair."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from ownvoice.chunks.passages import passages
from ownvoice.pairs.evaluation import EvaluationGrams
from ownvoice.pairs.filters import Candidate
from ownvoice.pairs.reasons import BOILERPLATE, IN_EVALUATION_SET, DropReason


@dataclass(frozen=True, slots=True)
class Screen:
    """`boilerplate` holds the keys of the author's repeated passages; `evaluation` the rows of evaluation sets."""

    boilerplate: Collection[int]
    evaluation: EvaluationGrams

    @property
    def for_committed(self) -> Screen:
        """The screen for a committed pair: a passage that has become boilerplate since does not drop it."""
        return replace(self, boilerplate=frozenset())

    def reason(self, candidate: Candidate) -> tuple[DropReason, str] | None:
        """Return why the candidate is dropped, and which passage or row it is about; None to keep it."""
        for key, (start, end) in passages(candidate.chosen) if self.boilerplate else ():
            if key in self.boilerplate:
                return BOILERPLATE, candidate.chosen[start:end]
        for side in ("prompt", "chosen", "rejected"):
            if row := self.evaluation.row_in(getattr(candidate, side)):
                return IN_EVALUATION_SET, f"{side}: {row}"
        return None
