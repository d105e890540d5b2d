"""Chunks that died of a refusal: noted with the way they were asked, and asked again once a run asks another way.

A note is one small object. A run that asks as before lists them and reads none.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from ownvoice.articles.changes import Change
from ownvoice.articles.changeset import ChunkPlace, read_retried
from ownvoice.articles.objects import is_below
from ownvoice.articles.table import ArticleRow, column_in, read_articles
from ownvoice.config.run import RefreshRun
from ownvoice.config.ways import model_way, request_way
from ownvoice.states import ArticleEvent, ArticleState, next_article_state
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import REFUSED
from ownvoice.storage.versions import DatasetVersion


@dataclass(frozen=True, slots=True)
class _Note:
    key: str
    article_id: str
    article_sha256: str
    chunk_key: str


def note_refused(lake: Lake, way: str, article_id: str, article_sha256: str, chunk_key: str) -> None:
    """Note that a chunk of an article died of a refusal when asked in this way. To note it twice changes nothing."""
    note = {"article_id": article_id, "article_sha256": article_sha256, "chunk_key": chunk_key}
    lake.write_json(f"{REFUSED}/{way}/{_name_of((article_id, chunk_key))}", note)


def asked_again(
    lake: Lake, run: RefreshRun, base: DatasetVersion | None, changed: Collection[str]
) -> tuple[list[Change], list[ChunkPlace]]:
    """Return the changes that make articles with refused chunks pending again, and these chunks.

    `changed` are the ids of the articles that the run found changed, which wait for the next one if they are not asked
    about in any case. A note about an earlier text is removed.
    """
    notes = [note for key in _keys_of_other_ways(lake, run) if (note := _read(lake, key))]
    articles = read_articles(lake, base, column_in("article_id", {note.article_id for note in notes}))
    waiting: dict[str, ArticleRow] = {}
    places: list[ChunkPlace] = []
    for note in notes:
        article = articles.get(note.article_id)
        if article is None or article.article_sha256 != note.article_sha256:
            lake.store.delete(note.key)
            continue
        if note.article_id in changed or not is_below(article.source_object, [run.prefix]):
            continue
        if article.state is ArticleState.CURRENT:
            waiting[note.article_id] = article
        if article.state in (ArticleState.CURRENT, ArticleState.PENDING):
            places.append((note.article_id, note.chunk_key))
    return [_retried(article) for article in waiting.values()], places


def forget_asked_again(lake: Lake, run: RefreshRun) -> None:
    """Remove the notes of the chunks that the run has asked again: one that died again has a new note."""
    names = {_name_of(place) for place in read_retried(lake, run)}
    for key in _keys_of_other_ways(lake, run) if names else ():
        if key.rsplit("/", 1)[-1] in names:
            lake.store.delete(key)


def _keys_of_other_ways(lake: Lake, run: RefreshRun) -> Iterator[str]:
    """Yield the keys of the notes about chunks that were asked otherwise than `run` asks."""
    present = (f"{REFUSED}/{request_way(run)}/", f"{REFUSED}/{model_way(run)}/")
    keys: Iterable[str] = [found.key for found in lake.store.objects(REFUSED)]
    return (key for key in keys if not key.startswith(present))


def _read(lake: Lake, key: str) -> _Note | None:
    return lake.read_record(key, lambda stored: _Note(key, **stored))


def _retried(article: ArticleRow) -> Change:
    state = next_article_state(article.state, ArticleEvent.RETRIED)
    return Change(replace(article, state=state), ArticleEvent.RETRIED, article.last_run)


def _name_of(place: ChunkPlace) -> str:
    return f"{hashlib.sha256(json.dumps(place).encode()).hexdigest()[:32]}.json"
