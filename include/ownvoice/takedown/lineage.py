"""Lineage of articles and authors: the versions that hold rows of theirs, and where these went.

What was taken down is told from the records of takedowns: counts, and no row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ownvoice.articles.tombstones import Tombstones, tombstones
from ownvoice.dataset.hub.record import Pushed, pushes_of_version
from ownvoice.errors import StorageError
from ownvoice.storage.lake import Lake
from ownvoice.storage.versions import DatasetVersion, all_versions
from ownvoice.storage.withdrawn import read_withdrawn
from ownvoice.takedown.found import Wanted
from ownvoice.takedown.models import ModelUse, models_of
from ownvoice.takedown.record import read_takedown
from ownvoice.takedown.rows import NO_VERSION, find_rows


@dataclass(frozen=True, slots=True)
class HeldBy:
    """One dataset version with rows of theirs: how many of its pairs and chunk records, and who has a copy."""

    version: int
    run_id: str
    pairs: int
    chunks: int
    pushes: list[Pushed] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TakenDown:
    """What a takedown withdrew from each version, and the models that had learnt from it, as its record says."""

    takedown_id: str
    withdrawn: dict[int, int]
    models: list[ModelUse]


@dataclass(frozen=True, slots=True)
class ArticleLineage:
    """Where articles went: `judgements` and `imported` count rows of those tables.

    A takedown may have reached more than was asked for here, as that of an author does.
    """

    articles: list[str]
    authors: list[str]
    versions: list[HeldBy]
    models: list[ModelUse]
    judgements: int
    imported: int
    taken_down: list[TakenDown]


def lineage_of_articles(lake: Lake, wanted: Wanted) -> ArticleLineage:
    """Return where the articles that are wanted went. Raises `StorageError` where the lake never knew them."""
    found = find_rows(lake, wanted, least_jaccard=None)
    taken_down = [_taken_down(lake, one) for one in _takedowns_of(tombstones(lake), wanted)]
    if not (found.article_ids or found.imported_ids or taken_down):
        named = ", ".join(sorted(wanted.article_ids | wanted.author_ids))
        raise StorageError(f"{lake.uri} holds nothing of {named!r}, in no version, and no takedown was of it.")
    return ArticleLineage(
        articles=sorted(found.article_ids),
        authors=sorted(found.authors),
        versions=[
            _held_by(lake, one, found.rows["pairs"][one.number], found.rows["chunks"][one.number])
            for one in all_versions(lake)
            if one.number in found.versions
        ],
        models=models_of(lake, found),
        judgements=found.rows["judgements"][NO_VERSION],
        imported=len(found.imported_ids),
        taken_down=taken_down,
    )


def lineage_lines(found: ArticleLineage) -> Iterator[str]:
    """Yield where articles went as text."""
    yield f"articles   {', '.join(found.articles) or 'none'}"
    yield f"authors    {', '.join(found.authors) or 'none'}"
    for held in found.versions:
        yield f"version    {held.version} of refresh {held.run_id}: {held.pairs} pairs, {held.chunks} chunk records"
        yield from (f"hub        version {held.version} is {one.repo_id} at {one.revision}" for one in held.pushes)
    yield from map(_model_line, found.models)
    if found.judgements or found.imported:
        yield f"beside     {found.judgements} judgements, {found.imported} imported rows"
    for one in found.taken_down:
        yield f"takedown   {one.takedown_id}, which the following was withdrawn by"
        yield from (f"withdrawn  {pairs} pairs of version {number}" for number, pairs in one.withdrawn.items())
        yield from map(_model_line, one.models)


def _held_by(lake: Lake, version: DatasetVersion, pairs: int, chunks: int) -> HeldBy:
    return HeldBy(version.number, version.run_id, pairs, chunks, pushes_of_version(lake, version.number))


def _takedowns_of(stones: Tombstones, wanted: Wanted) -> list[str]:
    asked = [
        *(stones.refuses(article_id=one, source_key=one) for one in sorted(wanted.article_ids)),
        *(stones.refuses(author_id=one) for one in sorted(wanted.author_ids)),
    ]
    return list(dict.fromkeys(filter(None, asked)))


def _taken_down(lake: Lake, takedown_id: str) -> TakenDown:
    withdrawn, record = read_withdrawn(lake, takedown_id), read_takedown(lake, takedown_id)
    versions = {number: rows.pairs for number, rows in withdrawn.versions.items() if rows.pairs} if withdrawn else {}
    return TakenDown(takedown_id, versions, record.models if record else [])


def _model_line(use: ModelUse) -> str:
    given = f"{use.train_pairs} pairs to learn from, {use.test_pairs} to be tested with"
    given += f", {use.imported_rows} imported rows" if use.imported_rows else ""
    through = f", through {use.through}" if use.through else ""
    where = f", {use.repo_id} at {use.revision}" if use.repo_id else ", not published"
    return f"training   {use.run_id} on version {use.dataset_version}: {given}{through}{where}"
