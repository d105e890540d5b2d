"""Write the columns in docs/tables.md from those that the code has.

Run as: make docs
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args, get_type_hints

import pyarrow as pa

from ownvoice.articles.table import ArticleRow
from ownvoice.storage.rows import ChunkRow, ImportedRow, JudgementRow, PairRow, RunRow
from ownvoice.storage.tables import COLUMNS, PARTITIONS

PAGE = Path(__file__).resolve().parent / "tables.md"
ROWS = {
    "pairs": PairRow,
    "articles": ArticleRow,
    "chunks": ChunkRow,
    "runs": RunRow,
    "judgements": JudgementRow,
    "imported": ImportedRow,
}

_NOTE = "<!-- Written by docs/write_tables.py from storage/tables.py: change that, then run `make docs`. -->"
_END = "<!-- End of what docs/write_tables.py writes. -->"
_PART = re.compile(rf"{re.escape(_NOTE)}\n.*?{re.escape(_END)}", re.DOTALL)
_NAMES = {
    pa.string(): "string",
    pa.int64(): "bigint",
    pa.float64(): "double",
    pa.bool_(): "boolean",
    pa.date32(): "date",
    pa.timestamp("us", "UTC"): "timestamp",
}


def page() -> str:
    """Return the page as it is, with the columns as they are."""
    written = "\n".join([_NOTE, *map(_section, COLUMNS), "", _END])
    return _PART.sub(lambda _: written, PAGE.read_text(encoding="utf-8"), count=1)


def _section(table: str) -> str:
    partition = ", ".join(f"`{column}`" for column in PARTITIONS[table])
    layout = f"partitioned by {partition}" if partition else "not partitioned"
    types = get_type_hints(ROWS[table])
    rows = [
        f"| `{one.name}` | `{sql_type(one.type)}` | {'yes' if _may_be_null(types[one.name]) else ''} | {one.meaning} |"
        for one in COLUMNS[table]
    ]
    head = f"\n### tables/{table}\n\nIt is {layout}.\n\n| column | type | null | meaning |\n|---|---|---|---|"
    return "\n".join([head, *rows])


def sql_type(arrow: pa.DataType) -> str:
    """Return the name that Delta's readers have for an Arrow type of the lake."""
    if pa.types.is_map(arrow):
        return f"map<{sql_type(arrow.key_type)}, {sql_type(arrow.item_type)}>"
    if pa.types.is_list(arrow):
        return f"array<{sql_type(arrow.value_type)}>"
    if pa.types.is_struct(arrow):
        return f"struct<{', '.join(f'{field.name}: {sql_type(field.type)}' for field in arrow)}>"
    return _NAMES[arrow]


def _may_be_null(annotation: object) -> bool:
    return type(None) in get_args(annotation)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote the columns in docs/{PAGE.name}")
