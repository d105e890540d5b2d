"""What the first step of a refresh leaves for the others: the changes, the listing, and who is pending."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import pyarrow as pa

from ownvoice.articles.changes import Change
from ownvoice.articles.source import is_below
from ownvoice.articles.table import ArticleRow, column_in, from_rows, read_articles, to_rows
from ownvoice.config.run import RefreshRun, record_run
from ownvoice.states import ArticleEvent, ArticleState
from ownvoice.storage.lake import Lake
from ownvoice.storage.versions import DatasetVersion, version_or_latest

ChunkPlace = tuple[str, str]
"""An article's id and the key of one of its chunks."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What the night found: counts by event, what was quarantined, and the version it was held against.

    `started_at` (UTC, ISO 8601) is when this run was first started: a listing that is repeated keeps it.
    """

    started_at: str
    base_version: int | None
    reconcile: bool
    objects: int
    counts: dict[str, int]
    quarantined: list[dict[str, str]]


def record_listing(lake: Lake, run: RefreshRun, listing: Listing, changes: Iterable[Change]) -> None:
    """Write down what the night found; the run itself comes last, so that where it stands, all of it does."""
    changes = list(changes)
    rows = to_rows(change.row for change in changes)
    rows = rows.append_column("event", pa.array([change.event for change in changes], pa.string()))
    rows = rows.append_column("seen_run", pa.array([change.seen_run for change in changes], pa.string()))
    lake.write_rows(run.keys.changes, rows)
    lake.write_json(_listing_key(run), asdict(listing))
    record_run(lake, run)


def record_retried(lake: Lake, run: RefreshRun, chunks: Iterable[ChunkPlace]) -> None:
    """Write down the dead chunks that this run asks about again."""
    lake.write_json(_retried_key(run), sorted(chunks))


def read_retried(lake: Lake, run: RefreshRun) -> frozenset[ChunkPlace]:
    """Return the dead chunks that this run asks about again; none in a night."""
    return frozenset((article_id, chunk_key) for article_id, chunk_key in lake.read_json(_retried_key(run)) or ())


def read_listing(lake: Lake, run: RefreshRun) -> Listing:
    """Return the run's listing."""
    return Listing(**lake.read_json(_listing_key(run)))


def first_started_at(lake: Lake, run: RefreshRun) -> str:
    """Return when this run was first started: what its listing says where it has one, else now."""
    earlier = lake.read_json(_listing_key(run))
    return str(earlier["started_at"]) if earlier else datetime.now(UTC).isoformat()


def read_changes(lake: Lake, run: RefreshRun) -> list[Change]:
    """Return the run's changes."""
    rows = lake.read_rows(run.keys.changes)
    assert rows is not None, "run.json is written last: where it stands, the changes stand"
    notes = rows.select(["event", "seen_run"]).to_pylist()
    return [
        Change(row, ArticleEvent(note["event"]) if note["event"] else None, note["seen_run"])
        for row, note in zip(from_rows(rows), notes, strict=True)
    ]


def pending_articles(lake: Lake, run: RefreshRun) -> list[ArticleRow]:
    """Return the articles that this run has to ask about: left over from earlier nights first, then tonight's.

    A run that asks about dead chunks leaves to the nights what they have left over.
    """
    changed = {change.row.article_id: change.row for change in read_changes(lake, run)}
    if run.retry == "dead":
        return list(changed.values())
    left_over = read_articles(lake, base_version(lake, run), column_in("state", [ArticleState.PENDING]))
    candidates = [*(article for i, article in left_over.items() if i not in changed), *changed.values()]
    return [
        article
        for article in candidates
        if article.state is ArticleState.PENDING and is_below(article.source_object, [run.prefix])
    ]


def _retried_key(run: RefreshRun) -> str:
    return run.keys.retried


def base_version(lake: Lake, run: RefreshRun) -> DatasetVersion | None:
    """Return the version that the run's listing was held against, or None where there was none."""
    number = read_listing(lake, run).base_version
    return None if number is None else version_or_latest(lake, number)


def _listing_key(run: RefreshRun) -> str:
    return run.keys.listing
