"""The first step of a refresh: list the source, read what changed, and write down the changes."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass

import pyarrow as pa

from ownvoice.articles.article import Article, Quarantined
from ownvoice.articles.changes import Change, SeenArticle, compare
from ownvoice.articles.cursor import is_reconcile, read_cursor
from ownvoice.articles.known import KnownArticle, from_rows, known_articles, to_rows
from ownvoice.articles.source import folders_to_list, is_below, list_objects, read_objects
from ownvoice.errors import StorageError
from ownvoice.lake import Lake
from ownvoice.life import ArticleEvent, ArticleState, is_live
from ownvoice.run import RefreshRun, record_run
from ownvoice.stores import ObjectStore, StoredObject
from ownvoice.versions import DatasetVersion, latest_version, version_of_run, version_or_latest


@dataclass(frozen=True, slots=True)
class Listing:
    """What the night found: counts by event, what was quarantined, and the version it was held against."""

    base_version: int | None
    reconcile: bool
    objects: int
    counts: dict[str, int]
    quarantined: list[dict[str, str]]


def list_new_articles(lake: Lake, source: ObjectStore, run: RefreshRun) -> dict[str, int]:
    """Write the run's changes and its listing to the lake; return counts by event.

    A run that has committed already keeps the listing it committed.
    """
    if version_of_run(lake, run.run_id):
        return read_listing(lake, run).counts
    base = latest_version(lake)
    cursor = read_cursor(lake)
    reconcile = is_reconcile(run, cursor)
    since = None if reconcile or cursor is None else cursor.listed_through - dt.timedelta(days=run.look_back_days)
    folders = folders_to_list(source, run.prefix, since)
    known = known_articles(lake, base)

    listed = {found.key: found for found in list_objects(source, folders)}
    _refuse_an_empty_source(source, run, listed, known.values())
    seen, quarantined, whole = _read_changed(source, lake, listed.values(), known.values())

    def is_judged(source_object: str) -> bool:
        return source_object in whole or (source_object not in listed and is_below(source_object, folders))

    changes, refused = compare(known, seen, is_judged, run.test_share)
    listing = Listing(
        base_version=base.number if base else None,
        reconcile=reconcile,
        objects=len(listed),
        counts=_counts(known, changes, [*quarantined, *refused], listed),
        quarantined=[asdict(one) for one in (*quarantined, *refused)],
    )
    lake.write_rows(f"{run.folder}/changes.parquet", _to_rows(changes))
    lake.write_json(f"{run.folder}/listing.json", asdict(listing))
    record_run(lake, run)
    return listing.counts


def read_listing(lake: Lake, run: RefreshRun) -> Listing:
    """Return the run's listing, as `list_new_articles` wrote it."""
    return Listing(**lake.read_json(f"{run.folder}/listing.json"))


def read_changes(lake: Lake, run: RefreshRun) -> list[Change]:
    """Return the run's changes, as `list_new_articles` wrote them."""
    rows = lake.read_rows(f"{run.folder}/changes.parquet")
    assert rows is not None, "run.json is written last: where it stands, the changes stand"
    notes = rows.select(["event", "seen_run"]).to_pylist()
    return [
        Change(row, ArticleEvent(note["event"]) if note["event"] else None, note["seen_run"])
        for row, note in zip(from_rows(rows), notes, strict=True)
    ]


def pending_articles(lake: Lake, run: RefreshRun) -> list[KnownArticle]:
    """Return the articles that this run has to ask about: left over from earlier nights first, then tonight's."""
    changed = {change.row.article_id: change.row for change in read_changes(lake, run)}
    base = _base(lake, run)
    left_over = [a for i, a in known_articles(lake, base).items() if i not in changed]
    candidates = [*left_over, *changed.values()]
    return [article for article in candidates if article.state is ArticleState.PENDING and _below(article, run.prefix)]


def _refuse_an_empty_source(
    source: ObjectStore, run: RefreshRun, listed: dict[str, StoredObject], known: Iterable[KnownArticle]
) -> None:
    """Stop before a wrong URI or prefix retires a whole dataset."""
    lost = sum(is_live(article.state) and _below(article, run.prefix) for article in known)
    if lost and not listed:
        raise StorageError(
            f"{source.uri}/{run.prefix} lists no article, but the lake knows {lost} there. Nothing was retired. "
            "Check the URI and the prefix; to retire them all in earnest, leave one article in place."
        )


def _base(lake: Lake, run: RefreshRun) -> DatasetVersion | None:
    number = read_listing(lake, run).base_version
    return None if number is None else version_or_latest(lake, number)


def _below(article: KnownArticle, prefix: str) -> bool:
    return is_below(article.source_object, [prefix])


def _read_changed(
    source: ObjectStore, lake: Lake, listed: Iterable[StoredObject], known: Iterable[KnownArticle]
) -> tuple[list[SeenArticle], list[Quarantined], set[str]]:
    """Read the objects whose tag is new and keep the originals; return articles, faults, objects without a fault."""
    tags = {article.source_object: article.source_tag for article in known if is_live(article.state)}
    seen: list[SeenArticle] = []
    quarantined: list[Quarantined] = []
    whole: set[str] = set()
    for found, parsed in read_objects(source, (o for o in listed if tags.get(o.key) != o.tag)):
        articles = [one for one in parsed if isinstance(one, Article)]
        faults = [one for one in parsed if isinstance(one, Quarantined)]
        for article in articles:
            lake.keep_original(article.sha256, article.content)
        seen += [SeenArticle(article, found.key, found.tag) for article in articles]
        quarantined += faults
        if not faults:
            whole.add(found.key)
    return seen, quarantined, whole


def _counts(
    known: dict[str, KnownArticle],
    changes: list[Change],
    quarantined: list[Quarantined],
    listed: dict[str, StoredObject],
) -> dict[str, int]:
    events = Counter(str(change.event) for change in changes if change.event)
    changed = {change.row.article_id for change in changes if change.event}
    unchanged = sum(is_live(a.state) and a.source_object in listed and i not in changed for i, a in known.items())
    return dict(sorted(events.items())) | {"unchanged": unchanged, "quarantined": len(quarantined)}


def _to_rows(changes: list[Change]) -> pa.Table:
    rows = to_rows(change.row for change in changes)
    rows = rows.append_column("event", pa.array([change.event for change in changes], pa.string()))
    return rows.append_column("seen_run", pa.array([change.seen_run for change in changes], pa.string()))
