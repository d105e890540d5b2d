"""`tables/judgements`: every judgement that was ever asked for, each once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pyarrow as pa

from ownvoice.dataset.log_entry import in_turn, own_entry
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.rows import JudgementRow
from ownvoice.storage.tables import JUDGEMENTS

_TABLE = "judgements"
_ROWS_A_COMMIT = 20_000


def record_judgements(lake: Lake, rows: Sequence[JudgementRow]) -> None:
    """Add the judgements that the table does not hold yet; one that it holds stays as the first run wrote it.

    A row takes the place of one with the same id only where it comes from another request. Two writers may come at the
    same time: each reads what the other has committed and writes what is still missing. Raises `LostCommitError` where
    others committed first twelve times in a row.
    """
    unique = list({row["judgement_id"]: row for row in rows}.values())
    for first in range(0, len(unique), _ROWS_A_COMMIT):
        in_turn(partial(_merge, lake, unique[first : first + _ROWS_A_COMMIT]))


def read_judgements(lake: Lake, where: str = "true") -> list[JudgementRow]:
    """Return the judgements that meet the SQL condition `where`; `"order"` is quoted there, as SQL has a word of it."""
    return [row for batch in scan(lake.table(_TABLE), where=where) for row in batch.to_pylist()]


def as_recorded(lake: Lake, rows: Sequence[JudgementRow], where: str) -> list[JudgementRow]:
    """Return the rows as the table holds them, of those that meet `where`: as the try that paid for them wrote them."""
    stored = {row["judgement_id"]: row for row in read_judgements(lake, where)}
    return [stored.get(row["judgement_id"], row) for row in rows]


def _merge(lake: Lake, rows: Sequence[JudgementRow]) -> None:
    table = lake.table_for_writing(_TABLE)
    with own_entry(lake, _TABLE, table) as properties:
        merge = table.merge(
            pa.Table.from_pylist(rows, schema=JUDGEMENTS),
            "t.judgement_id = s.judgement_id",
            source_alias="s",
            target_alias="t",
            commit_properties=properties,
        )
        merge = merge.when_matched_update_all("s.request_key IS DISTINCT FROM t.request_key")
        merge.when_not_matched_insert_all().execute()
