"""The commit of a takedown: one version more, without the rows of articles, by the way that every refresh commits.

It holds the lake while it works: where a refresh holds it, the takedown waits for nothing and is told who does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ownvoice.articles.met import read_again
from ownvoice.articles.table import ArticleRow, any_of, column_in, read_articles
from ownvoice.articles.tombstones import cluster_marks, tombstones
from ownvoice.dataset.balance.marks import Marks, mark_pairs
from ownvoice.dataset.balance.sides import rows_of
from ownvoice.dataset.digest import digest_of, from_text, lattice_of, to_text
from ownvoice.dataset.log_entry import until_ours
from ownvoice.dataset.run_row import write_run_row
from ownvoice.dataset.write import delete_rows, withdraw_articles, withdraw_chunks, write_pairs
from ownvoice.imports.table import withdraw_imported
from ownvoice.states import ArticleEvent, ArticleState, is_live, next_article_state
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.lease import held_by_process
from ownvoice.storage.rows import PairRow
from ownvoice.storage.side_tables import SideTables, refuse_torn_tables
from ownvoice.storage.takedown_keys import TakedownKeys, takedown_run_id
from ownvoice.storage.versions import RECORD, DatasetVersion, newest_version, version_of_run
from ownvoice.takedown.found import Found
from ownvoice.takedown.table_files import is_wanted

if TYPE_CHECKING:
    from deltalake import DeltaTable


def commit_without(lake: Lake, takedown_id: str, found: Found) -> DatasetVersion | None:
    """Commit a version without the rows that were found, and return it; None where the newest one has none of them.

    Done again, it changes nothing and returns the same. Raises `LakeHeldError` where a refresh holds the lake, and
    `LostCommitError` where other writers get in its way again and again.
    """
    run_id = takedown_run_id(takedown_id)
    with held_by_process(lake, run_id):
        read_again(lake, tombstones(lake), found.source_objects)
        version = until_ours(lambda: _commit(lake, run_id, found))
        until_ours(lambda: _withdraw_judgements(lake, found))
        withdraw_imported(lake, found.imported_ids)
        if version:
            _write_run_row(lake, takedown_id, version)
    return version


def _commit(lake: Lake, run_id: str, found: Found) -> DatasetVersion | None:
    from deltalake import Transaction

    pairs = lake.table("pairs")
    base = newest_version(lake, pairs) if pairs is not None else None
    if pairs is None or base is None:
        return None
    refuse_torn_tables(lake, base)
    gone = list(_pairs_of(pairs, found.article_ids))
    ids = dict.fromkeys(("article_id", "cluster_key"), found.article_ids)
    touched = read_articles(lake, base, any_of(*(column_in(name, values) for name, values in ids.items())))
    if not (gone or touched or _has_chunks(lake, base, found)):
        return version_of_run(lake, run_id)
    retired = {row["pair_id"] for row in gone}
    marks = mark_pairs(pairs, base, base.selection is not None, retired, list)
    articles_version = withdraw_articles(lake, base, found.article_ids, _others(lake, base, touched, found))
    chunks_version = withdraw_chunks(lake, base, found.article_ids)
    side_tables = SideTables.at(lake, articles_version, chunks_version)
    record = {RECORD: _record(run_id, base, gone, marks, side_tables).as_record()}
    dates = {str(row["refresh_date"]) for row in gone} | marks.dates
    write_pairs(lake, pairs, (), gone, marks.changed_rows(), dates, record, Transaction(run_id, base.number))
    return newest_version(lake, pairs)


def _pairs_of(pairs: DeltaTable, article_ids: Collection[str]) -> Iterator[PairRow]:
    for batch in scan(pairs):
        yield from rows_of([batch.filter(is_wanted(batch, {"article_id": article_ids}))])


def _has_chunks(lake: Lake, base: DatasetVersion, found: Found) -> bool:
    batches = scan(lake.table("chunks", base.chunks_version), "article_id")
    return any(any(is_wanted(batch, {"article_id": found.article_ids}).to_pylist()) for batch in batches)


def _others(lake: Lake, base: DatasetVersion, touched: dict[str, ArticleRow], found: Found) -> list[ArticleRow]:
    """Return the new rows of articles that stay in the cluster of one that goes.

    The first of them inherits the side of a holder that is gone. A key that is an id that is gone becomes a mark of it.
    """
    going = [touched[article_id] for article_id in found.article_ids if article_id in touched]
    keys = {one.cluster_key for one in going} | {one.cluster_key for one in touched.values()}
    members = read_articles(lake, base, column_in("cluster_key", keys)) if keys else {}
    staying = {i: one for i, one in sorted(members.items()) if i not in found.article_ids}
    held = {one.cluster_key for one in staying.values() if is_live(one.state) and one.state is not _DUPLICATE}
    marked = cluster_marks(lake, found.article_ids)
    changed: list[ArticleRow] = []
    for one in staying.values():
        row = one
        if one.state is _DUPLICATE and one.cluster_key not in held:
            held.add(one.cluster_key)
            row = replace(row, state=next_article_state(one.state, ArticleEvent.PROMOTED))
        row = replace(row, cluster_key=marked.get(one.cluster_key, one.cluster_key))
        if row != one:
            changed.append(row)
    return changed


_DUPLICATE = ArticleState.DUPLICATE


def _record(
    run_id: str, base: DatasetVersion, gone: list[PairRow], marks: Marks, side_tables: SideTables
) -> DatasetVersion:
    lattice = from_text(base.lattice) - lattice_of(gone) + marks.lattice
    return replace(
        base,
        run_id=run_id,
        refresh_date=dt.datetime.now(dt.UTC).date(),
        pairs=base.pairs - len(gone),
        added=0,
        retired=len(gone),
        digest=digest_of(lattice),
        lattice=to_text(lattice),
        articles_version=side_tables.articles_version,
        chunks_version=side_tables.chunks_version,
        articles_rows=side_tables.articles_rows,
        chunks_rows=side_tables.chunks_rows,
        retired_for={},
        rejected_model=None,
        trained_on=None,
        round=None,
        selection=marks.selection,
    )


def _withdraw_judgements(lake: Lake, found: Found) -> None:
    table = lake.table("judgements")
    if table is not None and found.article_ids:
        delete_rows(lake, "judgements", table, "article_id", found.article_ids)


def _write_run_row(lake: Lake, takedown_id: str, version: DatasetVersion) -> None:
    write_run_row(
        lake,
        {
            "run_id": version.run_id,
            "kind": "takedown",
            "refresh_date": version.refresh_date,
            "verdict": "pass",
            "version": version.number,
            "digest": version.digest,
            "recipe_id": "",
            "retries": None,
            "cost_usd": None,
            "duration_s": None,
            "counts": {"retired": version.retired, "pairs": version.pairs},
            "report_key": TakedownKeys(takedown_id).record,
        },
    )
