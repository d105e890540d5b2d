"""Writing the tables: the only place that changes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from ownvoice.articles.known import KnownArticle, to_rows
from ownvoice.errors import StorageError
from ownvoice.lake import Lake, sql_text
from ownvoice.pairs.staging import Row
from ownvoice.run import RefreshRun
from ownvoice.tables import CHUNKS, PAIRS
from ownvoice.versions import DatasetVersion

if TYPE_CHECKING:
    from deltalake import CommitProperties, DeltaTable, Transaction


def write_articles(lake: Lake, base: DatasetVersion | None, articles: list[KnownArticle]) -> int:
    """Write article rows over those of the same ids; return the table's version."""
    table = _rolled_back(lake, "articles", base.articles_version if base else 0)
    if articles:
        merge = table.merge(to_rows(articles), "t.article_id = s.article_id", source_alias="s", target_alias="t")
        merge.when_matched_update_all().when_not_matched_insert_all().execute()
    return table.version()


def write_chunks(lake: Lake, base: DatasetVersion | None, run: RefreshRun, chunks: list[Row]) -> int:
    """Write the run's chunk records in the place of those it wrote before; return the table's version."""
    from deltalake import write_deltalake

    table = _rolled_back(lake, "chunks", base.chunks_version if base else 0)
    if chunks:
        this_run = f"refresh_date = {sql_text(str(run.refresh_date))} AND run_id = {sql_text(run.run_id)}"
        rows = pa.Table.from_pylist(chunks, schema=CHUNKS)
        write_deltalake(table, rows, mode="overwrite", predicate=this_run)
    return table.version()


def _rolled_back(lake: Lake, name: str, version: int) -> DeltaTable:
    """Open a side table for writing, without what a commit that never finished left in it."""
    table = lake.table_for_writing(name)
    if table.version() != version:
        table.restore(version)
    return table


def write_pairs(
    pairs: DeltaTable, added: list[Row], retired: list[Row], metadata: dict[str, str], transaction: Transaction
) -> None:
    """Retire and add in one commit that carries `metadata`.

    Raises `StorageError` where another writer committed at the same time.
    """
    from deltalake import CommitProperties, write_deltalake
    from deltalake.exceptions import CommitFailedError

    properties = CommitProperties(custom_metadata=metadata, app_transactions=[transaction])
    try:
        if retired:
            _merge_pairs(pairs, added, retired, properties)
        else:
            rows = pa.Table.from_pylist(added, schema=PAIRS)
            write_deltalake(pairs, rows, mode="append", commit_properties=properties)
    except CommitFailedError as error:
        raise StorageError(
            f"another writer committed to {pairs.table_uri} at the same time ({error}). "
            "One refresh at a time: let it finish, then run this step again; nothing was half-written."
        ) from None


def _merge_pairs(pairs: DeltaTable, added: list[Row], retired: list[Row], properties: CommitProperties) -> None:
    # A predicate over article ids with mode="overwrite" would be shorter; deltalake 1.6.6 crashes on long lists.
    written = {row["pair_id"] for row in added}
    gone = [row for row in retired if row["pair_id"] not in written]
    source = pa.Table.from_pylist([*added, *gone], schema=PAIRS)
    source = source.append_column("is_gone", pa.array([False] * len(added) + [True] * len(gone)))
    dates = ", ".join(sorted({sql_text(str(row["refresh_date"])) for row in retired}))
    columns = {name: f"s.{name}" for name in PAIRS.names}
    merge = pairs.merge(
        source,
        f"t.pair_id = s.pair_id AND t.refresh_date IN ({dates})",
        source_alias="s",
        target_alias="t",
        commit_properties=properties,
    )
    merge = merge.when_matched_delete("s.is_gone").when_matched_update(columns, "NOT s.is_gone")
    merge.when_not_matched_insert(columns, "NOT s.is_gone").execute()
