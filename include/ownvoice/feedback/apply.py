"""What follows from a person's decision: the rows of an approved round go into tables/imported, exactly once.

The decision is created once, and what follows from it can be done again at any time: killed in between, the same call,
or the next collection, ends it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Literal

from ownvoice.errors import SettingsError
from ownvoice.feedback.reasons import REASONS
from ownvoice.feedback.rounds import Decision, FeedbackRound, read_round
from ownvoice.feedback.stored import FeedbackRow, read_feedback_rows
from ownvoice.imports.table import record_imported, withdraw_imported
from ownvoice.storage.lake import Lake


def approve_round(
    lake: Lake, number: int, by: str, release: Collection[str] = (), leave_out: Collection[str] = ()
) -> FeedbackRound:
    """Approve a round and record its rows; return it as it is then.

    `release` names held rows, by row id (or its beginning) or by reason; `leave_out` names rows that never come in.
    Raises `SettingsError` where one names nothing, and where the round was rejected.
    """
    made = read_round(lake, number)
    rows = read_feedback_rows(lake, made)
    released = _named(release, [one for one in rows if one.held], "held row")
    return _decide(lake, made, "approved", by, released, _named(leave_out, rows, "row"))


def reject_round(lake: Lake, number: int, by: str) -> FeedbackRound:
    """Reject a round: nothing follows from it, and what was said in it does not come again. Raises as above."""
    return _decide(lake, read_round(lake, number), "rejected", by, (), ())


def _decide(
    lake: Lake,
    made: FeedbackRound,
    how: Literal["approved", "rejected"],
    by: str,
    released: tuple[str, ...],
    left_out: tuple[str, ...],
) -> FeedbackRound:
    wanted = Decision(how=how, by=by, at=dt.datetime.now(dt.UTC), released=released, left_out=left_out)
    lake.store.create(made.keys.decision, wanted.model_dump_json(indent=1).encode())
    found = read_round(lake, made.number)
    assert found.decision is not None, "it was made just now, or before"
    if found.decision.how != how:
        by_whom = f" by {found.decision.by}" if found.decision.by else ""
        raise SettingsError(f"round {made.number} of feedback is {found.decision.how}{by_whom} already.")
    if not {*released} <= {*found.decision.released} or not {*left_out} <= {*found.decision.left_out}:
        raise SettingsError(
            f"round {made.number} of feedback is approved already, and of other rows: `ownvoice feedback collect "
            "--held` makes a round of those that are held. Nothing was changed."
        )
    apply_round(lake, found)
    return read_round(lake, made.number)


def apply_round(lake: Lake, made: FeedbackRound) -> None:
    """Do what follows from the decision on a round; done again, it changes nothing."""
    decision = made.decision
    assert decision is not None, "only a decided round is applied"
    if decision.how == "approved" and not made.applied:
        rows = read_feedback_rows(lake, made)
        left_out = set(decision.left_out)
        kept = [one.row for one in rows if one.row_id not in left_out and _is_taken(one, decision)]
        record_imported(lake, kept)
        withdraw_imported(lake, [*made.to_withdraw, *sorted(left_out)])
    lake.store.create(made.keys.applied, b"{}")


def _is_taken(one: FeedbackRow, decision: Decision) -> bool:
    return not one.held or one.row_id in decision.released


def _named(names: Iterable[str], rows: Collection[FeedbackRow], what: str) -> tuple[str, ...]:
    """Return the ids of the rows that `names` name. Raises `SettingsError` that lists every name of nothing."""
    found: set[str] = set()
    unknown: list[str] = []
    for name in names:
        by_reason = {one.row_id for one in rows if one.held == name}
        by_id = {one.row_id for one in rows if len(name) >= _SHORTEST and one.row_id.startswith(name)}
        ids = by_reason or (by_id if len(by_id) == 1 else set())
        if not ids and name not in REASONS:
            unknown.append(name)
        found |= ids
    if unknown:
        raise SettingsError(
            f"this round has no {what} that {', '.join(unknown)} names alone: write a row id, its first {_SHORTEST} "
            "characters or more, or a reason. `ownvoice feedback show` lists them. Nothing was decided."
        )
    return tuple(sorted(found))


_SHORTEST = 8
