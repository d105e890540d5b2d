"""Rounds of feedback as text: what was said, what becomes of it, and the rows to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ownvoice.feedback.read_source import SourceRead
from ownvoice.feedback.reasons import REASONS
from ownvoice.feedback.rounds import FeedbackRound
from ownvoice.feedback.stored import FeedbackRow
from ownvoice.terminal import in_one_line, wrapped

_REFUSED_SHOWN = 20


def feedback_round_lines(made: FeedbackRound) -> Iterator[str]:
    """Yield a round: its state, and its counts by reason with what to do about each."""
    yield from wrapped(
        f"round {made.number}, {state_of(made)}: {made.events} new of {made.events + made.known} things said; "
        f"rows to record: {made.rows}, held: {made.held_rows}, recorded and to withdraw: {len(made.to_withdraw)}; "
        f"objects read: {made.objects}",
        indent=2,
    )
    classes = ", ".join(f"{count} {name}" for name, count in made.rows_by_class.items())
    yield from wrapped(f"  in rows: {made.in_rows}{f' ({classes})' if classes else ''}", indent=4)
    for outcome, counts in (("held", made.held), ("dropped", made.dropped)):
        for name, count in counts.items():
            reason = REASONS[name]
            yield from wrapped(f"  {outcome}, {name}: {count}. {reason.meaning} {reason.what_to_do}", indent=4)
    yield from _refused_lines(made.refused, made.refused_count)


def no_round_lines(met: SourceRead) -> Iterator[str]:
    """Yield that no round was made, and what of the source could not be read, which may be why."""
    yield from wrapped(f"nothing is new: no round was made; objects read: {met.objects}", indent=2)
    yield from _refused_lines(list(map(str, met.refused)), len(met.refused))


def _refused_lines(refused: Sequence[str], count: int) -> Iterator[str]:
    for one in refused[:_REFUSED_SHOWN]:
        yield from wrapped(f"  not read: {one}", indent=4)
    if count > _REFUSED_SHOWN:
        yield f"  and {count - _REFUSED_SHOWN:,} more that were not read"


def feedback_row_lines(rows: Iterable[FeedbackRow]) -> Iterator[str]:
    """Yield rows with their sides, each text in one line."""
    for one in rows:
        held = f", held: {one.held}{f' ({one.held_detail})' if one.held_detail else ''}" if one.held else ""
        yield f"{one.row_id[:12]} {one.row['provenance_class']}{held}"
        asked = one.row["prompt_messages"][-1]["content"]
        sides = {"prompt": asked, "chosen": one.row["chosen"], "rejected": one.row["rejected"], "said": one.comment}
        for name, text in sides.items():
            if text:
                yield from wrapped(f"  {name}: {in_one_line(text)}", indent=4)


def state_of(made: FeedbackRound) -> str:
    """Return how a round stands."""
    if made.decision is None:
        return "waiting for a person"
    by = f" by {in_one_line(made.decision.by)}" if made.decision.by else ""
    return f"{made.decision.how}{by}{'' if made.applied else ', not recorded yet'}"
