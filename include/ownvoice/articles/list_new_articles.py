"""The first step of a refresh: list the source, read what changed, and write down the changes.

What it costs follows what is listed and what changed, not what the lake knows: the articles table is streamed past two
questions, and only the rows that answer them are held.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import partial

from ownvoice.articles.article import Article, Quarantined, Reason, StoredArticle
from ownvoice.articles.changes import Change, ScannedArticle, find_changes
from ownvoice.articles.changeset import Listing, first_started_at, read_listing, record_listing
from ownvoice.articles.cluster import NearDuplicates
from ownvoice.articles.cursor import is_reconcile, read_cursor
from ownvoice.articles.near_duplicates.search import complete_index, near_candidates, near_duplicates
from ownvoice.articles.near_duplicates.sketch_index import SketchIndex
from ownvoice.articles.prefetch import prefetch
from ownvoice.articles.retry import list_articles_to_retry
from ownvoice.articles.source import SourceObject, folders_to_list, is_below, list_objects, read_objects
from ownvoice.articles.table import ArticleRow, any_of, below, column_in, live_text_hashes, read_articles
from ownvoice.config.run import RefreshRun
from ownvoice.config.source_rules import SourceRules
from ownvoice.errors import StorageError
from ownvoice.states import ArticleState, is_live
from ownvoice.storage.lake import Lake
from ownvoice.storage.stores import ObjectStore
from ownvoice.storage.versions import DatasetVersion, latest_version, version_of_run

_WRITERS = 16
_Part = tuple[SourceObject, Article | Quarantined | None]


@dataclass(slots=True)
class SourceScan:
    """One look at the source: what was listed below which folders, and what was read of it."""

    folders: list[str]
    listed: dict[str, SourceObject]
    seen: list[ScannedArticle] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    read_whole: set[str] = field(default_factory=set)

    def is_judged(self, source_object: str) -> bool:
        """Whether this look knows for sure which articles stand in an object: it was read whole, or is gone."""
        gone = source_object not in self.listed and is_below(source_object, self.folders)
        return source_object in self.read_whole or gone

    def take(self, found: SourceObject, parts: Iterable[StoredArticle | Quarantined]) -> None:
        """Take in what was read of one object; where its store broke off, the next run reads it again."""
        articles = [part for part in parts if isinstance(part, StoredArticle)]
        faults = [part for part in parts if isinstance(part, Quarantined)]
        broke_off = any(fault.reason == Reason.UNREADABLE for fault in faults)
        self.seen += [ScannedArticle(article, found.key, "" if broke_off else found.tag) for article in articles]
        self.quarantined += faults
        if not faults:
            self.read_whole.add(found.key)


def list_new_articles(lake: Lake, source: ObjectStore, run: RefreshRun) -> dict[str, int]:
    """Write the run's changes and its listing to the lake; return counts by event.

    A run that has committed already keeps the listing it committed.
    """
    if version_of_run(lake, run.run_id):
        return read_listing(lake, run).counts
    started_at = first_started_at(lake, run)
    base = latest_version(lake)
    if run.retry == "dead":
        return list_articles_to_retry(lake, run, base, started_at)
    folders, reconcile = _folders(lake, source, run)
    known = read_articles(lake, base, below(folders))
    look = SourceScan(folders, {found.key: found for found in list_objects(source, folders, run.source)})
    _refuse_an_empty_source(source, run, look, known.values())
    _read_changed(source, lake, look, known.values(), run.source)

    known |= _related(lake, base, look, known.values())
    near = _near(lake, base, run, look, known, reconcile=reconcile)
    changes, refused = find_changes(known, look.seen, look.is_judged, run.test_share, near)
    quarantined = [*look.quarantined, *refused]
    counts = _counts(known, changes, look.listed) | {"quarantined": sum(one.articles for one in quarantined)}
    listing = Listing(
        started_at=started_at,
        base_version=base.number if base else None,
        reconcile=reconcile,
        objects=len(look.listed),
        counts=counts,
        quarantined=[asdict(one) for one in quarantined],
    )
    record_listing(lake, run, listing, changes)
    return counts


def _folders(lake: Lake, source: ObjectStore, run: RefreshRun) -> tuple[list[str], bool]:
    """Return the folders to list, and whether that is the whole source."""
    cursor = read_cursor(lake)
    if cursor is None or is_reconcile(run, cursor):
        return folders_to_list(source, run.prefix, None), True
    since = cursor.listed_through - dt.timedelta(days=run.look_back_days)
    return folders_to_list(source, run.prefix, since), False


def _read_changed(
    source: ObjectStore, lake: Lake, look: SourceScan, known: Iterable[ArticleRow], rules: SourceRules
) -> None:
    """Read the objects of which an article does not carry the present tag, and keep the originals."""
    tags: dict[str, set[str]] = defaultdict(set)
    for article in known:
        if is_live(article.state):
            tags[article.source_object].add(article.source_tag)
    changed = (found for found in look.listed.values() if tags.get(found.key) != {found.tag})
    parts: list[StoredArticle | Quarantined] = []
    for (found, _), kept in prefetch(partial(_kept, lake), _parts(source, changed, rules), _WRITERS):
        if part := kept.result():
            parts.append(part)
        else:
            look.take(found, parts)
            parts = []


def _parts(source: ObjectStore, objects: Iterable[SourceObject], rules: SourceRules) -> Iterator[_Part]:
    """Yield what is parsed of each object, and None at its end."""
    for found, parsed in read_objects(source, objects, rules):
        yield from ((found, one) for one in parsed)
        yield found, None


def _kept(lake: Lake, part: _Part) -> StoredArticle | Quarantined | None:
    """Keep an article's text; from here on it is not held."""
    _, one = part
    if not isinstance(one, Article):
        return one
    lake.keep_original(one.sha256, one.content)
    return one.without_text()


def _related(
    lake: Lake, base: DatasetVersion | None, look: SourceScan, known: Iterable[ArticleRow]
) -> dict[str, ArticleRow]:
    """Return the articles elsewhere that tonight's could be: by id, by key, or by a text that came or went."""
    articles = [one.article for one in look.seen]
    leaving = [article for article in known if look.is_judged(article.source_object)]
    if not articles and not leaving:
        return {}
    ids = {article.metadata_id or article.source_key for article in articles}
    texts = {article.sha256 for article in articles} | {article.article_sha256 for article in leaving}
    keys = {article.source_key for article in articles}
    question = any_of(
        column_in("article_id", ids),
        column_in("article_sha256", texts),
        column_in("source_key", keys),
        column_in("cluster_key", _loose_clusters(look, known)),
    )
    return read_articles(lake, base, question)


def _near(
    lake: Lake,
    base: DatasetVersion | None,
    run: RefreshRun,
    look: SourceScan,
    known: dict[str, ArticleRow],
    *,
    reconcile: bool,
) -> NearDuplicates:
    """Find the near-duplicates of what is new and of what may lose its holder, and add their articles to `known`."""
    if reconcile or not SketchIndex(lake).is_complete():
        complete_index(lake, live_text_hashes(lake, base))
    texts = _texts_in_doubt(look, known)
    pairs = near_candidates(lake, texts)
    if elsewhere := {text for pair in pairs for text in pair} - texts:
        known |= read_articles(lake, base, column_in("article_sha256", elsewhere))
    standing = texts | {article.article_sha256 for article in known.values() if is_live(article.state)}
    pairs = {pair for pair in pairs if standing.issuperset(pair)}
    return near_duplicates(lake, pairs, run.near_duplicate_jaccard)


def _texts_in_doubt(look: SourceScan, known: Mapping[str, ArticleRow]) -> set[str]:
    """Return the hashes of texts that are new tonight, and of what may not be kept back any more."""
    stand = {(a.source_key, a.article_sha256) for a in known.values() if is_live(a.state)}
    articles = [one.article for one in look.seen]
    texts = {a.sha256 for a in articles if (a.source_key, a.sha256) not in stand}
    loose, kept_back = _loose_clusters(look, known.values()), (ArticleState.DUPLICATE, ArticleState.CONSENT_REFUSED)
    return texts | {a.article_sha256 for a in known.values() if a.state in kept_back and a.cluster_key in loose}


def _loose_clusters(look: SourceScan, known: Iterable[ArticleRow]) -> set[str]:
    """Return the keys of clusters whose holder may be gone, say something else, or be withheld no more tonight."""
    seen = {(one.article.source_key, one.article.sha256) for one in look.seen}
    read = {one.source_object for one in look.seen}
    return {
        a.cluster_key
        for a in known
        if a.state in (ArticleState.PENDING, ArticleState.CURRENT, ArticleState.CONSENT_REFUSED)
        and (a.source_object in read or look.is_judged(a.source_object))
        and (a.state is ArticleState.CONSENT_REFUSED or (a.source_key, a.article_sha256) not in seen)
    }


def _refuse_an_empty_source(
    source: ObjectStore, run: RefreshRun, look: SourceScan, known: Collection[ArticleRow]
) -> None:
    """Stop before a wrong URI or prefix retires a whole dataset."""
    lost = sum(is_live(article.state) for article in known)
    if lost and not look.listed:
        raise StorageError(
            f"{source.uri}/{run.prefix} lists no article, but the lake knows {lost} there. Nothing was retired. "
            "Check the URI and the prefix; to retire them all in earnest, leave one article in place."
        )


def _counts(
    known: Mapping[str, ArticleRow], changes: list[Change], listed: Mapping[str, SourceObject]
) -> dict[str, int]:
    events = Counter(str(change.event) for change in changes if change.event)
    changed = {change.row.article_id for change in changes if change.event}
    unchanged = sum(is_live(a.state) and a.source_object in listed and i not in changed for i, a in known.items())
    return dict(sorted(events.items())) | {"unchanged": unchanged}
