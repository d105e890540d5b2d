"""Writing the tables: the only place that changes them. Rows are streamed, not held."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from ownvoice.articles.table import ArticleRow, to_rows
from ownvoice.config.run import RefreshRun
from ownvoice.dataset.log_entry import own_entry
from ownvoice.storage.conditions import all_of, equals, one_of
from ownvoice.storage.lake import Lake
from ownvoice.storage.rows import ChunkRow, PairRow
from ownvoice.storage.tables import ARTICLES, CHUNKS, PAIRS
from ownvoice.storage.versions import DatasetVersion

if TYPE_CHECKING:
    from deltalake import CommitProperties, DeltaTable, Transaction

_ROWS_AT_A_TIME = 2_000


def write_articles(lake: Lake, base: DatasetVersion | None, articles: list[ArticleRow], *, all_new: bool) -> int:
    """Write article rows over those of the same ids; return the table's version.

    Where they are `all_new`, nothing is looked for among the rows of the table.
    """
    from deltalake import write_deltalake

    table = _rolled_back(lake, "articles", base.articles_version if base else 0)
    with own_entry(lake, "articles", table) as properties:
        if all_new:
            write_deltalake(table, to_rows(articles), mode="append", commit_properties=properties)
        else:
            same_id = "t.article_id = s.article_id"
            merge = table.merge(to_rows(articles), same_id, "s", "t", commit_properties=properties)
            merge.when_matched_update_all().when_not_matched_insert_all().execute()
    return table.version()


def write_chunks(lake: Lake, base: DatasetVersion | None, run: RefreshRun, chunks: Iterable[ChunkRow]) -> int:
    """Write the run's chunk records in the place of those it wrote before; return the table's version."""
    from deltalake import write_deltalake

    table = _rolled_back(lake, "chunks", base.chunks_version if base else 0)
    this_run = equals(refresh_date=run.refresh_date, run_id=run.run_id)
    with own_entry(lake, "chunks", table) as properties:
        rows = _streamed(chunks, CHUNKS)
        write_deltalake(table, rows, mode="overwrite", predicate=this_run, commit_properties=properties)
    return table.version()


def write_pairs(
    lake: Lake,
    pairs: DeltaTable,
    added: Iterable[PairRow],
    gone: list[PairRow],
    marked: Iterable[Mapping[str, Any]],
    dates: Collection[str],
    metadata: dict[str, str],
    transaction: Transaction,
) -> None:
    """Add, retire and mark in one commit that carries `metadata`.

    Rows of `added` take the place of those with the same id, rows of `gone` are deleted, and rows of `marked`, which
    have an id and the columns of the selection, change these alone; all are looked for among the refresh `dates`, which
    are empty where no committed row is touched. Raises `LostCommitError` where another
    writer committed at the same time, as every function here does.
    """
    from deltalake import write_deltalake

    with own_entry(lake, "pairs", pairs, metadata, [transaction]) as properties:
        if dates:
            _merge_pairs(pairs, added, gone, marked, dates, properties)
        else:
            write_deltalake(pairs, _streamed(added, PAIRS), mode="append", commit_properties=properties)


def _merge_pairs(
    pairs: DeltaTable,
    added: Iterable[PairRow],
    gone: list[PairRow],
    marked: Iterable[Mapping[str, Any]],
    dates: Collection[str],
    properties: CommitProperties,
) -> None:
    # A predicate over article ids with mode="overwrite" would be shorter; deltalake 1.6.6 crashes on long lists.
    kinds = (("put", added), ("gone", gone), ("marked", marked))
    rows = chain.from_iterable(({**row, "change": change} for row in some) for change, some in kinds)
    columns = {name: f"s.{name}" for name in PAIRS.names}
    mark = {name: f"s.{name}" for name in ("selected", "selected_reason")}
    merge = pairs.merge(
        _streamed(rows, PAIRS.append(pa.field("change", pa.string()))),
        all_of("t.pair_id = s.pair_id", one_of("t.refresh_date", dates)),
        source_alias="s",
        target_alias="t",
        commit_properties=properties,
    )
    merge = merge.when_matched_delete("s.change = 'gone'").when_matched_update(mark, "s.change = 'marked'")
    merge = merge.when_matched_update(columns, "s.change = 'put'")
    merge.when_not_matched_insert(columns, "s.change = 'put'").execute()


def withdraw_articles(lake: Lake, base: DatasetVersion, article_ids: Collection[str], changed: list[ArticleRow]) -> int:
    """Delete the rows of articles, and write `changed` over those of the same ids; return the table's version."""
    table = _rolled_back(lake, "articles", base.articles_version)
    gone = to_rows(changed).append_column("gone", pa.array([False] * len(changed)))
    ids = pa.table({"article_id": pa.array(sorted(article_ids), pa.string()), "gone": [True] * len(article_ids)})
    source = pa.concat_tables([gone, ids], promote_options="default")
    with own_entry(lake, "articles", table) as properties:
        merge = table.merge(source, "t.article_id = s.article_id", "s", "t", commit_properties=properties)
        merge = merge.when_matched_delete("s.gone")
        merge.when_matched_update({name: f"s.{name}" for name in ARTICLES.names}, "NOT s.gone").execute()
    return table.version()


def withdraw_chunks(lake: Lake, base: DatasetVersion, article_ids: Collection[str]) -> int:
    """Delete the chunk records of articles; return the table's version."""
    table = _rolled_back(lake, "chunks", base.chunks_version)
    delete_rows(lake, "chunks", table, "article_id", article_ids)
    return table.version()


def delete_rows(lake: Lake, name: str, table: DeltaTable, column: str, values: Collection[str]) -> None:
    """Delete the rows of a table with one of `values` in `column`, in one commit; none, where it has no such rows."""
    # Not by a condition that lists the values: deltalake 1.6.6 crashes on long ones.
    source = pa.table({column: pa.array(sorted(values), pa.string())})
    with own_entry(lake, name, table) as properties:
        merge = table.merge(source, f"t.{column} = s.{column}", "s", "t", commit_properties=properties)
        merge.when_matched_delete().execute()


def _rolled_back(lake: Lake, name: str, version: int) -> DeltaTable:
    """Open a side table for writing, without what a commit that never finished left in it."""
    table = lake.table_for_writing(name)
    if table.version() != version:
        with own_entry(lake, name, table) as properties:
            table.restore(version, commit_properties=properties)
    return table


def _streamed(rows: Iterable[Mapping[str, Any]], schema: pa.Schema) -> pa.RecordBatchReader:
    return pa.RecordBatchReader.from_batches(schema, _batches(iter(rows), schema))


def _batches(rows: Iterator[Mapping[str, Any]], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    while part := list(islice(rows, _ROWS_AT_A_TIME)):
        yield pa.RecordBatch.from_pylist(part, schema=schema)
