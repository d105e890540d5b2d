"""A version as files that `datasets.load_dataset` reads and TRL trains on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from ownvoice.errors import SettingsError
from ownvoice.storage.conditions import equals
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.tables import SPLITS
from ownvoice.storage.versions import version_or_latest

if TYPE_CHECKING:
    from deltalake import DeltaTable

Format = Literal["standard", "conversational"]

_MESSAGES = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))
_SCHEMAS = {
    "standard": pa.schema([(name, pa.string()) for name in ("prompt", "chosen", "rejected")]),
    "conversational": pa.schema([(name, _MESSAGES) for name in ("prompt", "chosen", "rejected")]),
}


def export(lake: Lake, folder: Path, version: int | None = None, pair_format: Format = "standard") -> dict[str, int]:
    """Write `version` (or the newest) below `folder` as one Parquet file a split; return rows by split.

    Columns are prompt, chosen and rejected: plain strings, or lists of messages (TRL's "standard" and
    "conversational" preference formats), sorted by pair id. A split without a pair has no file, since `load_dataset`
    refuses a folder with an empty one; the file of an earlier export is removed. Each file is there whole or not at
    all. Raises `SettingsError` where the folder cannot be written to.
    """
    pairs = lake.table("pairs", version_or_latest(lake, version).number)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return {split: _write_split(pairs, split_file(folder, split), split, pair_format) for split in SPLITS}
    except OSError as error:
        message = f"{folder} cannot be written to: {error.strerror or error}. Make room there, or name another folder."
        raise SettingsError(message) from None


def split_file(folder: Path, split: str) -> Path:
    """Return the file of a split, which is there where the split has a pair."""
    return folder / f"{split}.parquet"


def _write_split(pairs: DeltaTable | None, path: Path, split: str, pair_format: Format) -> int:
    """Write the pairs of a split beside `path` and put them in its place, or remove what is there if there are none."""
    schema, unfinished = _SCHEMAS[pair_format], path.with_name(f".{path.name}")  # which `load_dataset` passes over
    rows = 0
    try:
        with pq.ParquetWriter(unfinished, schema) as writer:
            for batch in scan(pairs, "prompt, chosen, rejected", f"{equals(split=split)} ORDER BY pair_id"):
                shaped = [_shaped(row, pair_format) for row in batch.to_pylist()]
                writer.write_table(pa.Table.from_pylist(shaped, schema=schema))
                rows += len(shaped)
        if rows:
            unfinished.replace(path)
        else:
            path.unlink(missing_ok=True)
    finally:
        unfinished.unlink(missing_ok=True)
    return rows


def _shaped(row: dict[str, str], pair_format: Format) -> dict[str, object]:
    if pair_format == "standard":
        return dict(row)
    roles = {"prompt": "user", "chosen": "assistant", "rejected": "assistant"}
    return {name: [{"role": role, "content": row[name]}] for name, role in roles.items()}
