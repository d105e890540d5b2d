"""A version as files that `datasets.load_dataset` reads and TRL trains on."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

from ownvoice.errors import SettingsError
from ownvoice.storage.conditions import equals
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.versions import version_or_latest

Format = Literal["standard", "conversational"]

_MESSAGES = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))
_SCHEMAS = {
    "standard": pa.schema([(name, pa.string()) for name in ("prompt", "chosen", "rejected")]),
    "conversational": pa.schema([(name, _MESSAGES) for name in ("prompt", "chosen", "rejected")]),
}


def export(lake: Lake, folder: Path, version: int | None = None, pair_format: Format = "standard") -> dict[str, int]:
    """Write `version` (or the newest) below `folder` as one Parquet file a split; return rows by split.

    Columns are prompt, chosen and rejected: plain strings, or lists of messages (TRL's "standard" and
    "conversational" preference formats), sorted by pair id. Raises `SettingsError` where the folder cannot
    be made.
    """
    pairs = lake.table("pairs", version_or_latest(lake, version).number)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"{folder} cannot be made: {error.strerror}. Name another folder.") from None
    return {split: _write_split(pairs, folder / f"{split}.parquet", split, pair_format) for split in ("train", "test")}


def _write_split(pairs: object, path: Path, split: str, pair_format: Format) -> int:
    schema = _SCHEMAS[pair_format]
    rows = 0
    with pq.ParquetWriter(path, schema) as writer:
        for batch in scan(pairs, "prompt, chosen, rejected", f"{equals(split=split)} ORDER BY pair_id"):  # type: ignore[arg-type]
            writer.write_table(
                pa.Table.from_pylist([_shaped(row, pair_format) for row in batch.to_pylist()], schema=schema)
            )
            rows += batch.num_rows
    return rows


def _shaped(row: dict[str, str], pair_format: Format) -> dict[str, object]:
    if pair_format == "standard":
        return dict(row)
    roles = {"prompt": "user", "chosen": "assistant", "rejected": "assistant"}
    return {name: [{"role": role, "content": row[name]}] for name, role in roles.items()}
