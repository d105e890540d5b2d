"""The record of a takedown as text that fits a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from ownvoice.takedown.plan import model_line
from ownvoice.takedown.record import TakedownRecord
from ownvoice.terminal import wrapped


def record_lines(record: TakedownRecord) -> Iterator[str]:
    """Yield what was asked, what each step came to, what is left to do, and what cannot be reached."""
    yield from wrapped(summary_line(record), indent=11)
    for copy, of in sorted(record.near_copies.items()):
        yield from wrapped(f"{'near copy':11}{copy}, near to {of}", indent=11)
    for use in record.models:
        yield from wrapped(f"{'model':11}{model_line(use)}", indent=11)
    for step in record.steps:
        counts = ", ".join(f"{name} {count:,}" for name, count in step.counts.items()) or "nothing to do"
        yield from wrapped(f"{step.name:11}{counts}", indent=11)
    for what, why in record.open.items():
        yield from wrapped(f"{'left':11}{what}: {why}", indent=11)
    for what, why in record.outside.items():
        yield from wrapped(f"{'unread':11}{what}: {why}", indent=11)
    if record.open:
        yield "run the same command again when that is done: it goes on with what is left"


def summary_line(record: TakedownRecord) -> str:
    """Return a takedown as one line: its id, its state, and what was asked."""
    asked = [
        *(f"article {one}" for one in sorted(record.request.article_ids)),
        *(f"author {one}" for one in sorted(record.request.author_ids)),
        *(f"text {one[:12]}" for one in sorted(record.request.text_sha256s)),
    ]
    search = record.step("search")
    hits = f", {search.counts['hits']} hits in {search.counts['objects']:,} objects" if search else ", not searched yet"
    return f"{record.takedown_id}: {record.state} since {record.began_at:%Y-%m-%d}{hits}; {', '.join(asked)}"
