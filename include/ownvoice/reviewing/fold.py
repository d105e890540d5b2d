"""Folding a round: what follows for each pair from all that was answered. Repeated, it comes to the same.

The newest answer of each reviewer counts. More than half of those who did not skip a pair decide it, and who prefers
the rejected answer is on one side with who finds both bad; otherwise nothing follows. Where the pair stays, the newest
edit by one who keeps it replaces it, also one made when it was shown again.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ownvoice.errors import SettingsError
from ownvoice.evaluation.agreement.chance import alpha
from ownvoice.evaluation.agreement.estimate import Estimate
from ownvoice.pairs.reviewed import Decision, What, write_decisions
from ownvoice.reviewing.answers import ReviewAnswer, answers_of, standing
from ownvoice.reviewing.raters import Reviewer, ratings_of, reviewed, reviewers_of
from ownvoice.reviewing.sample import Closed, ReviewRound, SampleRow, close_round, read_sample
from ownvoice.storage.lake import Lake

_WHAT: dict[str | None, What] = {"chosen": "kept", "tie": "kept", "rejected": "overturned", "both_bad": "both_bad"}


@dataclass(frozen=True, slots=True)
class Undecided:
    """A pair of which no answer has more than half of the votes."""

    pair_id: str
    votes: dict[str, int]


@dataclass(frozen=True, slots=True)
class Folded:
    """What a round came to. `unanswered` counts the pairs that nobody answered, or all skipped.

    `edits_not_taken` counts those of pairs that go or are undecided, of gold items, and those before a newer one.
    `alpha` is how far reviewers agree beyond chance; None where no two answered the same pairs. `faults` has a sentence
    for each answer that cannot be read.
    """

    round: ReviewRound
    decisions: tuple[Decision, ...]
    undecided: tuple[Undecided, ...]
    unanswered: int
    edits_not_taken: int
    reviewers: tuple[Reviewer, ...]
    alpha: Estimate | None
    faults: tuple[str, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many pairs each decision has, and how many have none."""
        decided = Counter[str](one.what for one in self.decisions)
        return {**decided, "undecided": len(self.undecided), "unanswered": self.unanswered}


def fold_round(lake: Lake, round_name: str, by: str) -> Folded:
    """Close a round and write down what follows from it; a round that a person rejected is left as it is.

    It is closed first, so that every answer that was recorded before is read. Raises `SettingsError` where there is no
    such round, or it was rejected.
    """
    closed = close_round(lake, round_name, Closed(how="folded", by=by, at=dt.datetime.now(dt.UTC)))
    if closed.closed and closed.closed.how == "rejected":
        raise SettingsError(
            f"round {round_name} was rejected at {closed.closed.at:%Y-%m-%d %H:%M} UTC and stays without decisions. "
            "Its answers are kept; trigger review_pairs to review these pairs in another round."
        )
    folded = preview(lake, closed)
    write_decisions(lake, round_name, folded.decisions)
    return folded


def preview(lake: Lake, found: ReviewRound) -> Folded:
    """Return what a round comes to by the answers so far, and write nothing."""
    faults: list[str] = []
    sample, answers = read_sample(lake, found.round), answers_of(lake, found.round, faults=faults)
    decisions, undecided = decide(sample, answers)
    unanswered = sum(row.kind in ("random", "flip") for row in sample) - len(decisions) - len(undecided)
    edits = sum(one.edited is not None for one in standing(answers)) - sum(one.what == "edited" for one in decisions)
    given = reviewed(sample, answers)
    reviewers, agreement = tuple(reviewers_of(given)), alpha(ratings_of(given))
    return Folded(found, decisions, undecided, unanswered, edits, reviewers, agreement, tuple(faults))


def decide(
    sample: Iterable[SampleRow], answers: Iterable[ReviewAnswer]
) -> tuple[tuple[Decision, ...], tuple[Undecided, ...]]:
    """Return what follows for the pairs of a sample; gold items and repeats have no vote. Pure."""
    by_item: dict[str, list[ReviewAnswer]] = defaultdict(list)
    for answer in standing(answers):
        if answer.winner is not None:
            by_item[answer.item_id].append(answer)
    rows = sorted((row for row in sample if row.item_id in by_item), key=lambda row: row.pair_id)
    again = {row.pair_id: by_item[row.item_id] for row in rows if row.kind == "repeat"}
    pairs = [row for row in rows if row.kind in ("random", "flip")]
    found = [_decision(row, by_item[row.item_id], again.get(row.pair_id, [])) for row in pairs]
    return (
        tuple(one for one in found if isinstance(one, Decision)),
        tuple(one for one in found if isinstance(one, Undecided)),
    )


def _majority(votes: Counter[What]) -> What | None:
    """Return what more than half of the votes say. Those against a pair are one side: its commoner reason is named."""
    against = votes["overturned"] + votes["both_bad"]
    if 2 * against > votes.total():
        return "overturned" if votes["overturned"] > votes["both_bad"] else "both_bad"
    return "kept" if 2 * votes["kept"] > votes.total() else None


def _decision(row: SampleRow, answers: Sequence[ReviewAnswer], again: Sequence[ReviewAnswer]) -> Decision | Undecided:
    what = _majority(Counter(_WHAT[answer.winner] for answer in answers))
    if what is None:
        return Undecided(row.pair_id, dict(Counter(str(answer.winner) for answer in answers)))
    agreeing = [answer for answer in answers if (_WHAT[answer.winner] == "kept") == (what == "kept")]
    keeping = [one for one in (*answers, *again) if _WHAT[one.winner] == "kept"] if what == "kept" else []
    edits = [one for one in keeping if one.edited not in (None, row.rejected)]
    newest = max(edits or agreeing, key=lambda answer: (answer.at, answer.reviewer))
    return Decision(
        row.pair_id,
        "edited" if edits else what,
        newest.review_id,
        sorted(answer.reviewer for answer in agreeing),
        newest.edited if edits else None,
        newest.edit_source if edits else None,
        newest.at,
    )
