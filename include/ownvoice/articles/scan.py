"""A scan of the source: which objects it lists, and what was read of those that changed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

from ownvoice.articles.article import (
    Article,
    LatestOnly,
    PassedOver,
    Quarantined,
    ReadResult,
    Reason,
    ScannedArticle,
    StoredArticle,
)
from ownvoice.articles.met import Met, record_met
from ownvoice.articles.objects import SourceObject, SourceObjects, list_objects
from ownvoice.articles.prefetch import prefetch
from ownvoice.articles.source import read_objects
from ownvoice.articles.table import ArticleRow
from ownvoice.articles.tombstones import NO_TOMBSTONES, Tombstones
from ownvoice.config.source_rules import SourceRules
from ownvoice.states import is_live
from ownvoice.storage.lake import Lake
from ownvoice.storage.stores import ObjectStore

_WRITERS = 16

TAKEN_DOWN = "taken down"
"""Why an article is passed over that a tombstone refuses."""

_Kept = StoredArticle | Quarantined | PassedOver | LatestOnly
"""What a scan keeps of one result: all but the text."""


@dataclass(slots=True)
class SourceScan:
    """What was read of the objects that changed.

    `read_whole` holds the keys of the objects that were read without a fault, and that hold all their articles.
    `quarantined` and `passed_over` hold what the listing left out, and then what reading did: articles that are kept
    back, counted by reason. `kept_back` holds the object and the id of those that name an id.
    """

    objects: SourceObjects
    articles: list[ScannedArticle] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)
    kept_back: set[tuple[str, str]] = field(default_factory=set)
    read_whole: set[str] = field(default_factory=set)
    met: Met = field(default_factory=lambda: Met(NO_TOMBSTONES))

    def covers(self, source_object: str) -> bool:
        """Whether the scan knows every article in an object: because it was read whole, or because it is gone."""
        return source_object in self.read_whole or self.objects.are_without(source_object)

    def decides(self, article: ArticleRow) -> bool:
        """Whether the scan tells that an article is gone if it has not found it."""
        return self.covers(article.source_object) or (article.source_object, article.article_id) in self.kept_back

    def add(self, found: SourceObject, results: Iterable[_Kept]) -> None:
        """Add what was read of one object. If its store broke off, its articles get no tag: the next run reads it."""
        articles = [one for one in results if isinstance(one, StoredArticle)]
        faults = [one for one in results if isinstance(one, Quarantined)]
        broke_off = any(fault.reason == Reason.UNREADABLE for fault in faults)
        self.articles += [ScannedArticle(article, found.key, "" if broke_off else found.tag) for article in articles]
        self.quarantined += faults
        passed_over = [one for one in results if isinstance(one, PassedOver)]
        self.passed_over.update(one.reason for one in passed_over)
        self._note_refused(found, articles, faults, passed_over)
        self.kept_back.update((found.key, one.metadata_id) for one in passed_over if one.metadata_id)
        if not faults and not any(isinstance(one, LatestOnly) for one in results):
            self.read_whole.add(found.key)

    def _note_refused(
        self,
        found: SourceObject,
        articles: list[StoredArticle],
        faults: list[Quarantined],
        passed_over: list[PassedOver],
    ) -> None:
        """Note an object with refused articles, so that it is not read again; but where something else needs that."""
        refused = sum(one.reason == TAKEN_DOWN for one in passed_over)
        is_told = bool(articles) or refused == len(passed_over)
        self.met.note(found.key, found.tag, refused if is_told and not faults else 0)


def list_source(source: ObjectStore, folders: list[str], rules: SourceRules, met: Met) -> SourceScan:
    """Return a scan that has listed the objects below `folders`, and has read none of them."""
    objects = list_objects(source, folders, rules)
    return SourceScan(objects, quarantined=list(objects.unlisted), passed_over=Counter(objects.passed_over), met=met)


def read_changed(
    scan: SourceScan, source: ObjectStore, lake: Lake, known: Iterable[ArticleRow], rules: SourceRules
) -> None:
    """Read into the scan the objects of which an article lacks the present tag; store the texts in the lake.

    An article that was taken down is passed over, and its text is not stored.
    """
    tags: dict[str, set[str]] = defaultdict(set)
    for article in known:
        if is_live(article.state):
            tags[article.source_object].add(article.source_tag)
    changed: list[SourceObject] = []
    unchanged: list[SourceObject] = []
    for found in scan.objects.listed.values():
        (unchanged if _is_unchanged(scan, found, tags.get(found.key)) else changed).append(found)
    witness = next(iter(unchanged), None)
    of_object: list[_Kept] = []
    for (found, _), stored in prefetch(
        partial(_store, lake, scan.met.stones), _results(source, changed, rules, witness), _WRITERS
    ):
        if one := stored.result():
            of_object.append(one)
        else:
            scan.add(found, of_object)
            of_object = []
    record_met(lake, scan.met)


def _is_unchanged(scan: SourceScan, found: SourceObject, tags: set[str] | None) -> bool:
    """Whether everything in an object is known as it is; refused articles in it, which have no tag, are counted."""
    refused = scan.met.refused_in(found.key, found.tag)
    is_known = tags == {found.tag} or (tags is None and refused is not None)
    if not is_known or scan.met.is_out_of_date(found.key, found.tag):
        return False
    if refused:
        scan.passed_over[TAKEN_DOWN] += refused
    return True


_Item = tuple[SourceObject, ReadResult | None]
"""An object, and one thing that was read of it; None after the last."""


def _results(
    source: ObjectStore, objects: Iterable[SourceObject], rules: SourceRules, witness: SourceObject | None
) -> Iterator[_Item]:
    for found, results in read_objects(source, objects, rules, witness):
        yield from ((found, one) for one in results)
        yield found, None


def _store(lake: Lake, stones: Tombstones, item: _Item) -> _Kept | None:
    """Store an article's text, which is not held in memory from here on."""
    _, one = item
    if not isinstance(one, Article):
        return one
    if stones.refuses_article(one):
        return PassedOver(one.source_key, TAKEN_DOWN, one.metadata_id)
    lake.keep_original(one.sha256, one.content)
    return one.without_text()
