"""`mixture.parquet` of a training run: the id of every row that it takes, so that a retry takes the same ones.

It holds no text: what is withdrawn from the tables is not trained on through a run that was planned before.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa

from ownvoice.errors import BadDataError
from ownvoice.storage.lake import Lake

_SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("set", "row_id", "revision", "licence", "provenance_class", "sha256")]
)


@dataclass(frozen=True, slots=True)
class ListedRow:
    """One row of a mixture. `sha256` is that of what is read of an imported row; an own pair has that of its version.

    The revision of own pairs is the digest of their dataset version.
    """

    set: str
    row_id: str
    revision: str
    licence: str | None
    provenance_class: str
    sha256: str | None


def content_sha256(messages: Iterable[tuple[str, str]], chosen: str | None, rejected: str | None) -> str:
    """Return the hash of what a training reads of an imported row: its turns before the answers, as role and text."""
    content = json.dumps([list(map(list, messages)), chosen, rejected], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def write_listing(lake: Lake, key: str, rows: Iterable[ListedRow]) -> str:
    """Write the list; return its digest, which is the same for the same rows."""
    found = [asdict(row) for row in rows]
    lake.write_rows(key, pa.Table.from_pylist(found, schema=_SCHEMA))
    return _digest(found)


def read_listing(lake: Lake, key: str, digest: str) -> list[ListedRow]:
    """Return the rows of a list. Raises `BadDataError` where it is gone, or is not the one that the recipe names."""
    table = lake.read_rows(key, _SCHEMA)
    rows: list[dict[str, Any]] = [] if table is None else table.to_pylist()
    if table is None or _digest(rows) != digest:
        state = "is gone" if table is None else f"is not the list of digest {digest[:12]} that recipe.json names"
        raise BadDataError(
            f"{lake.uri}/{key} {state}: a takedown took rows out of it (`ownvoice takedown list`), or it was changed. "
            "Plan a new training, which draws from the rows that are left; neither this one nor its model can be "
            "said to be of the rows that it names."
        )
    return [ListedRow(**row) for row in rows]


def _digest(rows: list[dict[str, Any]]) -> str:
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
