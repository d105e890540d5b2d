"""What people decided about pairs, and what becomes of a pair by it.

A pair is looked up by its id, whatever night makes it: what was overturned stays dropped, and what was edited is
replaced by the same new pair each time. The new pair may be reviewed in its turn.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeVar

import pyarrow as pa

from ownvoice.config.recipe import GenerationRecipe
from ownvoice.errors import StorageError
from ownvoice.pairs.evaluation import EvaluationGrams
from ownvoice.pairs.filters import Candidate, first_reason
from ownvoice.pairs.reasons import BOTH_BAD, OVERTURNED_BY_REVIEWERS, DropReason
from ownvoice.pairs.screens import Screen
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import REVIEWS
from ownvoice.storage.review_keys import ReviewKeys
from ownvoice.storage.rows import PairRow

P = TypeVar("P", bound=PairRow)

What = Literal["kept", "overturned", "both_bad", "edited"]

_DECISIONS = pa.schema(
    [
        ("pair_id", pa.string()),
        ("what", pa.string()),
        ("review_id", pa.string()),
        ("reviewers", pa.list_(pa.string())),
        ("rejected", pa.string()),
        ("rejected_source", pa.string()),
        ("at", pa.timestamp("us", "UTC")),
    ]
)


@dataclass(frozen=True, slots=True)
class Decision:
    """What people decided about one pair, `at` the time of the answer that says so, whose key is `review_id`.

    Of a pair that is `kept` nothing follows, but that it is not reviewed again.
    An `edited` pair gets `rejected` as its rejected answer; `rejected_source` says whether that is the model's answer,
    edited, or one that a `human` wrote. Both are None for the others.
    """

    pair_id: str
    what: What
    review_id: str
    reviewers: list[str]
    rejected: str | None
    rejected_source: Literal["edited", "human"] | None
    at: dt.datetime

    @property
    def new_pair_id(self) -> str:
        """The id of the pair that an edit makes."""
        return hashlib.sha256(json.dumps([self.pair_id, self.review_id]).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class DecidedPairs:
    """Says what becomes of pairs by `decisions`, by pair id, none of them `kept`.

    What an edit makes has to pass the filters of `recipe`, and holds no row of the sets in `evaluation`.
    """

    decisions: Mapping[str, Decision]
    recipe: GenerationRecipe
    evaluation: EvaluationGrams

    def becomes(self, row: P) -> P | DropReason:
        """Return the pair itself, the one that an edit makes of it, or why it is dropped."""
        while decision := self.decisions.get(row["pair_id"]):
            if reason := _REASONS.get(decision.what):
                return reason
            row = _edited(row, decision)
            if reason := self._reason(row):
                return reason
        return row

    def _reason(self, row: PairRow) -> DropReason | None:
        candidate = Candidate(row["prompt"], row["chosen"], row["rejected"], row["instruction_kind"])
        if reason := first_reason(candidate, self.recipe):
            return reason
        screened = Screen(frozenset(), self.evaluation).reason(candidate)
        return screened[0] if screened else None


_REASONS: dict[str, DropReason] = {"overturned": OVERTURNED_BY_REVIEWERS, "both_bad": BOTH_BAD}


def _edited(row: P, decision: Decision) -> P:
    """Return the pair with the rejected answer that a person wrote; it keeps the places that its chosen answer has."""
    of_a_person = {"rejected_model": "human", "rejected_request_key": "", "rejected_draw": None, "rejected_draws": None}
    return {
        **row,
        **(of_a_person if decision.rejected_source == "human" else {}),
        "pair_id": decision.new_pair_id,
        "rejected": decision.rejected,
        "rejected_cut": None,
        "rejected_source": decision.rejected_source,
        "review_id": decision.review_id,
    }  # type: ignore[return-value]  # the same columns, and those that only a staged pair has


def read_decisions(lake: Lake) -> dict[str, Decision]:
    """Return the decisions of all rounds by pair id; of several about one pair, the newest.

    Raises `DamagedError` where those of a round cannot be read: without them what people overturned would come back.
    """
    found: dict[str, Decision] = {}
    for folder in lake.store.folders(REVIEWS):
        for one in decisions_of(lake, folder):
            if one.pair_id not in found or found[one.pair_id].at < one.at:
                found[one.pair_id] = one
    return found


def decisions_of(lake: Lake, round_name: str) -> list[Decision]:
    """Return the decisions of one round; none before its fold."""
    table = lake.read_rows(ReviewKeys(round_name).decisions, _DECISIONS)
    return [] if table is None else [Decision(**row) for row in table.to_pylist()]


def write_decisions(lake: Lake, round_name: str, decisions: Iterable[Decision]) -> None:
    """Write what follows from a round, in the place of what was written before."""
    rows = [asdict(one) for one in decisions]
    lake.write_rows(ReviewKeys(round_name).decisions, pa.Table.from_pylist(rows, schema=_DECISIONS))


def review_fault(lake: Lake, row: Mapping[str, Any]) -> str | None:
    """Return what is wrong between a pair and the person's answer that its rejected answer comes from; None if nothing.

    A pair that no person changed names none.
    """
    source, review_id = row["rejected_source"], row["review_id"]
    if source is None and review_id is None:
        return None
    if source is None or review_id is None or not review_id.startswith(f"{REVIEWS}/"):
        return f"it does not say who wrote its rejected answer: its source is {source!r}, its review {review_id!r}"
    try:
        answer = lake.read_record(review_id, dict)
    except StorageError as error:
        return str(error)
    if answer is None:
        return f"the review that its rejected answer comes from is gone: {review_id}"
    if (answer.get("edited"), answer.get("edit_source")) != (row["rejected"], source):
        return f"its rejected answer is not what was written in the review {review_id}"
    return None


def with_originals(pair_ids: frozenset[str], decisions: Mapping[str, Decision]) -> frozenset[str]:
    """Add to ids of committed pairs those of the pairs that edits have replaced by them."""
    return pair_ids | {one.pair_id for one in decisions.values() if one.new_pair_id in pair_ids}
