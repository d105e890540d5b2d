"""Rounds of review as text: what was drawn, what came of it, and how its reviewers did."""

from __future__ import annotations

from collections.abc import Iterator

from ownvoice.evaluation.agreement.estimate import Estimate
from ownvoice.pairs.reviewed import Decision
from ownvoice.reviewing.fold import Folded
from ownvoice.reviewing.raters import Reviewer
from ownvoice.reviewing.sample import ReviewRound
from ownvoice.terminal import in_one_line, wrapped

_DECIDED = {
    "kept": "kept",
    "overturned": "overturned: dropped by the next refresh",
    "both_bad": "both bad: dropped by the next refresh",
    "edited": "edited: replaced by the next refresh",
}


def round_lines(found: ReviewRound) -> Iterator[str]:
    """Yield a round: its name, whether it can be answered, what was drawn, and what was wanted but not there."""
    yield in_one_line(found.round)
    drawn = ", ".join(f"{count} {kind}" for kind, count in found.drawn.items() if count)
    of_author = f" of {found.author_id}" if found.author_id else ""
    yield from wrapped(
        f"  {_state(found)}; {found.items} items{of_author} from version {found.dataset_version} ({drawn}; "
        f"{found.doubled} for two reviewers), guideline {found.guideline_version}, {found.at:%Y-%m-%d %H:%M} UTC",
        indent=2,
    )
    for note in found.notes:
        yield from wrapped(f"  {note}", indent=2)


def folded_lines(folded: Folded) -> Iterator[str]:
    """Yield what a round came to, each pair that is dropped or edited, and its reviewers."""
    yield ", ".join(f"{count} {what.replace('_', ' ')}" for what, count in folded.counts.items())
    for decision in folded.decisions:
        if decision.what != "kept":
            yield from wrapped(_decision_line(decision), indent=4)
    for one in folded.undecided:
        votes = ", ".join(f"{count} {winner}" for winner, count in sorted(one.votes.items()))
        yield from wrapped(f"  {one.pair_id[:12]} undecided: {votes}, and nothing follows", indent=4)
    if folded.edits_not_taken:
        yield from wrapped(
            f"{folded.edits_not_taken} edits are not taken: their pair goes, is undecided or has a newer one, or their "
            "item was there to check reviewers"
        )
    for reviewer in folded.reviewers:
        yield from reviewer_lines(reviewer)
    if folded.alpha:
        yield f"agreement beyond chance (alpha): {_shown(folded.alpha)}"
    for fault in folded.faults:
        yield from wrapped(f"not counted: {fault}")


def reviewer_lines(reviewer: Reviewer) -> Iterator[str]:
    """Yield what is known of a reviewer; what nothing was answered for is left out."""
    seconds = [] if reviewer.median_seconds is None else [f"median {reviewer.median_seconds:.1f} s"]
    measures = {"side bias": reviewer.side, "said alike again": reviewer.repeats, "gold": reviewer.gold}
    known = [f"{name} {_shown(found)}" for name, found in measures.items() if found]
    said = [f"{reviewer.items} items", f"{reviewer.skipped} skipped", *seconds, *known]
    yield from wrapped(f"{reviewer.name}: {', '.join(said)}", indent=2)


def _decision_line(decision: Decision) -> str:
    return f"  {decision.pair_id[:12]} {_DECIDED[decision.what]} (by {', '.join(decision.reviewers)})"


def _state(found: ReviewRound) -> str:
    if found.closed is None:
        return "open"
    by = f" by {found.closed.by}" if found.closed.by else ""
    return f"{found.closed.how}{by} {found.closed.at:%Y-%m-%d %H:%M} UTC"


def _shown(found: Estimate) -> str:
    return f"{found.value:.2f} ({found.low:.2f} to {found.high:.2f}, {found.n} items)"
