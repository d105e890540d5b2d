"""The changeset of a run, left by its first step for the others: the listing, the changes, and what is pending."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from ownvoice.articles.article import Quarantined
from ownvoice.articles.changes import Change
from ownvoice.articles.objects import is_below
from ownvoice.articles.table import ArticleRow, column_in, from_rows, read_articles, to_rows
from ownvoice.articles.tombstones import tombstones
from ownvoice.config.run import RefreshRun, record_run
from ownvoice.states import ArticleEvent, ArticleState
from ownvoice.storage.damage import damaged, readable
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import CHANGES, RUNS
from ownvoice.storage.versions import DatasetVersion, version_or_latest

ChunkPlace = tuple[str, str]
"""An article's id and the key of one of its chunks."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The summary of what a run found in the source.

    `started_at` (UTC, ISO 8601) is when the run was first started: a listing that is repeated keeps it. `base_version`
    is the dataset version that the source was compared with; `reconcile` says whether the whole source was listed;
    `objects` is the number of objects listed, `counts` that of articles by event, and `passed_over` that of
    the objects that are not read, by pattern or ending, and of articles that their author keeps back, by reason.
    """

    started_at: str
    base_version: int | None
    reconcile: bool
    objects: int
    counts: dict[str, int]
    quarantined: list[Quarantined]
    passed_over: dict[str, int] = field(default_factory=dict)


def record_listing(lake: Lake, run: RefreshRun, listing: Listing, changes: Iterable[Change]) -> None:
    """Write the changes, the listing and, last, the run itself: if the run is there, everything is."""
    changes = list(changes)
    rows = to_rows(change.row for change in changes)
    rows = rows.append_column("event", pa.array([change.event for change in changes], pa.string()))
    rows = rows.append_column("seen_run", pa.array([change.seen_run for change in changes], pa.string()))
    lake.write_rows(run.keys.changes, rows)
    lake.write_json(run.keys.listing, asdict(listing))
    record_run(lake, run)


def record_retried(lake: Lake, run: RefreshRun, chunks: Iterable[ChunkPlace]) -> None:
    """Write down the dead chunks that this run asks about again."""
    lake.write_json(run.keys.retried, sorted(chunks))


def read_retried(lake: Lake, run: RefreshRun) -> frozenset[ChunkPlace]:
    """Return the dead chunks that this run asks about again."""

    def places(stored: list[list[str]]) -> frozenset[ChunkPlace]:
        return frozenset((article_id, chunk_key) for article_id, chunk_key in stored)

    return lake.read_record(run.keys.retried, places) or frozenset()


def read_listing(lake: Lake, run: RefreshRun) -> Listing:
    """Return the run's listing. Raises `DamagedError` where it is gone: a run is written down after it."""

    def made_from(stored: dict[str, Any]) -> Listing:
        return Listing(**stored | {"quarantined": [Quarantined(**one) for one in stored["quarantined"]]})

    listing = lake.read_record(run.keys.listing, made_from)
    if listing is None:
        raise damaged(lake.uri, run.keys.listing, "it is gone")
    return listing


def first_started_at(lake: Lake, run: RefreshRun) -> str:
    """Return when the run was first started, in UTC and ISO 8601: as its listing says, or now if it has none."""
    earlier = lake.read_record(run.keys.listing, lambda stored: str(stored["started_at"]))
    return earlier or datetime.now(UTC).isoformat()


def base_version(lake: Lake, run: RefreshRun) -> DatasetVersion | None:
    """Return the dataset version that the source was compared with, or None where there was none."""
    number = read_listing(lake, run).base_version
    return None if number is None else version_or_latest(lake, number)


def read_changes(lake: Lake, run: RefreshRun) -> list[Change]:
    """Return the run's changes. Raises `DamagedError` where they are gone: a run is written down after them."""
    rows = lake.read_rows(run.keys.changes)
    if rows is None:
        raise damaged(lake.uri, run.keys.changes, "it is gone")
    with readable(lake.uri, run.keys.changes):
        notes = rows.select(["event", "seen_run"]).to_pylist()
        return [
            Change(row, ArticleEvent(note["event"]) if note["event"] else None, note["seen_run"])
            for row, note in zip(from_rows(rows), notes, strict=True)
        ]


def changes_of_all_runs(lake: Lake) -> Iterator[pa.Table]:
    """Yield the rows of what each run found changed, run by run, as they are stored."""
    for name in lake.store.folders(RUNS):
        rows = lake.read_rows(f"{RUNS}/{name}/{CHANGES}")
        if rows is not None:
            yield rows


def pending_articles(lake: Lake, run: RefreshRun) -> list[ArticleRow]:
    """Return the articles that this run has to ask about: those left by earlier runs, then those that changed.

    A retry of dead chunks has only its own articles; those left by earlier runs wait for the next run that lists. An
    article that was taken down since it was listed is not among them.
    """
    stones = tombstones(lake)
    changed = {change.row.article_id: change.row for change in read_changes(lake, run)}
    if run.retry == "dead":
        return [article for article in changed.values() if not stones.refuses_known(article)]
    left_over = read_articles(lake, base_version(lake, run), column_in("state", [ArticleState.PENDING]))
    candidates = [*(article for i, article in left_over.items() if i not in changed), *changed.values()]
    return [
        article
        for article in candidates
        if article.state is ArticleState.PENDING
        and is_below(article.source_object, [run.prefix])
        and not stones.refuses_known(article)
    ]
