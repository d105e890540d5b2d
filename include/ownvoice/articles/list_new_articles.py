"""The first step of a refresh: list the source, read what changed, and write down the changes.

Its cost grows with what is listed and what changed, not with the number of articles that the lake knows.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping

from ownvoice.articles.changes import Change, find_changes
from ownvoice.articles.changeset import Listing, first_started_at, read_listing, record_listing, record_retried
from ownvoice.articles.cursor import is_reconcile, read_cursor
from ownvoice.articles.met import read_met
from ownvoice.articles.objects import SourceObject, folders_to_list
from ownvoice.articles.refused import asked_again
from ownvoice.articles.related import find_near_duplicates, related_articles
from ownvoice.articles.retry import list_articles_to_retry
from ownvoice.articles.scan import SourceScan, list_source, read_changed
from ownvoice.articles.table import ArticleRow, below_folders, read_articles
from ownvoice.articles.tombstones import tombstones
from ownvoice.config.run import RefreshRun, refuse_taken_folder
from ownvoice.errors import StorageError
from ownvoice.states import is_live
from ownvoice.storage.lake import Lake
from ownvoice.storage.side_tables import refuse_lost_versions, refuse_torn_tables
from ownvoice.storage.stores import ObjectStore
from ownvoice.storage.versions import DatasetVersion, latest_version, version_of_run


def list_new_articles(lake: Lake, source: ObjectStore, run: RefreshRun) -> dict[str, int]:
    """Write the run's changes and its listing to the lake; return the number of articles by event.

    Articles with refused chunks are among them where the run asks another way. A run that has committed keeps its
    listing, and a retry of dead chunks does not list the source. Raises `SettingsError` where another run has its
    folder, and `StorageError` where the source cannot be read, or lists nothing while the lake knows articles there.
    """
    refuse_taken_folder(lake, run)
    if version_of_run(lake, run.run_id):
        return read_listing(lake, run).counts
    started_at = first_started_at(lake, run)
    base = latest_version(lake)
    refuse_lost_versions(lake, base)
    refuse_torn_tables(lake, base)
    if run.retry == "dead":
        return list_articles_to_retry(lake, run, base, started_at)
    folders, reconcile = _folders(lake, source, run)
    known = read_articles(lake, base, below_folders(folders))
    scan = list_source(source, folders, run.source, read_met(lake, tombstones(lake)))
    _refuse_an_empty_source(source, run, scan, known.values())
    read_changed(scan, source, lake, known.values(), run.source)

    known |= related_articles(lake, base, scan, known.values())
    near, elsewhere = find_near_duplicates(lake, base, scan, known, run.near_duplicate_jaccard, reindex=reconcile)
    known |= elsewhere
    changes, repeated = find_changes(known, scan.articles, scan.covers, run.test_share, near, scan.kept_back)
    changes += _refused_before(lake, run, base, changes)
    quarantined = [*scan.quarantined, *repeated]
    counts = _counts(known, changes, scan.objects.listed) | {"quarantined": sum(one.articles for one in quarantined)}
    listing = Listing(
        started_at=started_at,
        base_version=base.number if base else None,
        reconcile=reconcile,
        objects=len(scan.objects.listed),
        counts=counts,
        quarantined=quarantined,
        passed_over=dict(scan.passed_over.most_common()),
    )
    record_listing(lake, run, listing, changes)
    return counts


def _folders(lake: Lake, source: ObjectStore, run: RefreshRun) -> tuple[list[str], bool]:
    """Return the folders to list, and whether they are the whole source."""
    cursor = read_cursor(lake)
    if cursor is None or is_reconcile(run, cursor):
        return folders_to_list(source, run.prefix, None), True
    since = cursor.listed_through - dt.timedelta(days=run.look_back_days)
    return folders_to_list(source, run.prefix, since), False


def _refused_before(
    lake: Lake, run: RefreshRun, base: DatasetVersion | None, changes: Collection[Change]
) -> list[Change]:
    again, chunks = asked_again(lake, run, base, {change.row.article_id for change in changes})
    record_retried(lake, run, chunks)
    return again


def _refuse_an_empty_source(
    source: ObjectStore, run: RefreshRun, scan: SourceScan, known: Collection[ArticleRow]
) -> None:
    """Stop before a wrong URI or prefix retires a whole dataset."""
    lost = sum(is_live(article.state) for article in known)
    if lost and not scan.objects.listed:
        passed = ", ".join(f"{count:,} {name}" for name, count in scan.passed_over.items())
        raise StorageError(
            f"{source.uri}/{run.prefix} lists no article, but the lake knows {lost} there. Nothing was retired. "
            + (f"What is there was passed over: {passed}. " if passed else "")
            + "Check the URI and the prefix; to retire them all in earnest, leave one article in place."
        )


def _counts(
    known: Mapping[str, ArticleRow], changes: Collection[Change], listed: Mapping[str, SourceObject]
) -> dict[str, int]:
    """Return the number of articles by event, and of those that are unchanged."""
    events = Counter(str(change.event) for change in changes if change.event)
    changed = {change.row.article_id for change in changes if change.event}
    unchanged = sum(is_live(a.state) and a.source_object in listed and i not in changed for i, a in known.items())
    return dict(sorted(events.items())) | {"unchanged": unchanged}
