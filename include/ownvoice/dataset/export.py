"""A version as files that `datasets.load_dataset` reads and TRL trains on."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from ownvoice.dataset.digest import Lattice, empty_lattice, is_digest, lattice_of
from ownvoice.errors import SettingsError, VerificationError
from ownvoice.storage.conditions import equals
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.rows import is_selected
from ownvoice.storage.tables import SPLITS
from ownvoice.storage.versions import DatasetVersion, version_or_latest
from ownvoice.storage.withdrawn import withdrawn_of

if TYPE_CHECKING:
    from deltalake import DeltaTable

Format = Literal["standard", "conversational"]

_MESSAGES = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))
_TEXTS = ("prompt", "chosen", "rejected")
_PROVENANCE = ("provenance_class", pa.string())
_SCHEMAS = {
    "standard": pa.schema([*((name, pa.string()) for name in _TEXTS), _PROVENANCE]),
    "conversational": pa.schema([*((name, _MESSAGES) for name in _TEXTS), _PROVENANCE]),
}


def export(lake: Lake, folder: Path, version: int | None = None, pair_format: Format = "standard") -> dict[str, int]:
    """Write the selected pairs of `version` (or the newest) below `folder`, one Parquet file a split; return rows.

    Columns are prompt, chosen and rejected: plain strings, or lists of messages (TRL's "standard" and
    "conversational" preference formats), and provenance_class. Rows are sorted by pair id. A split without a pair has
    no file, since `load_dataset` refuses a folder with an empty one; the file of an earlier export is removed.

    The files are put in their places once the rows, with the sum of those that takedowns withdrew, have the version's
    digest. Raises `VerificationError` where they do not, and `SettingsError` where the folder cannot be written to;
    what an earlier export left there then stays.
    """
    exported = version_or_latest(lake, version)
    pairs = lake.table("pairs", exported.number)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        written = {split: _write_split(pairs, _unfinished(folder, split), split, pair_format) for split in SPLITS}
        _refuse_other_rows(lake, exported, sum((lattice for _, lattice in written.values()), empty_lattice()))
        for split, (rows, _) in written.items():
            _put_in_place(folder, split, rows)
    except OSError as error:
        message = f"{folder} cannot be written to: {error.strerror or error}. Make room there, or name another folder."
        raise SettingsError(message) from None
    finally:
        _remove_unfinished(folder)
    return {split: rows for split, (rows, _) in written.items()}


def split_file(folder: Path, split: str) -> Path:
    """Return the file of a split, which is there where the split has a pair."""
    return folder / f"{split}.parquet"


def _unfinished(folder: Path, split: str) -> Path:
    return folder / f".{split}.parquet"  # which `load_dataset` passes over


def _write_split(pairs: DeltaTable | None, path: Path, split: str, pair_format: Format) -> tuple[int, Lattice]:
    """Write the selected pairs of a split; return how many these are, and the sum over all rows of the split."""
    schema, count, lattice = _SCHEMAS[pair_format], 0, empty_lattice()
    with pq.ParquetWriter(path, schema) as writer:
        for batch in scan(pairs, where=f"{equals(split=split)} ORDER BY pair_id"):
            rows = batch.to_pylist()
            shaped = [_shaped(row, pair_format) for row in rows if is_selected(row)]
            writer.write_table(pa.Table.from_pylist(shaped, schema=schema))
            count, lattice = count + len(shaped), lattice + lattice_of(rows)
    return count, lattice


def _refuse_other_rows(lake: Lake, exported: DatasetVersion, lattice: Lattice) -> None:
    if not is_digest(exported.digest, lattice, withdrawn_of(lake, exported.number).sums):
        raise VerificationError(
            f"version {exported.number} of {lake.uri} was not exported: its rows are not those of its digest "
            f"{exported.digest[:12]}. `ownvoice verify --version {exported.number}` names them; put tables/pairs back "
            "from a backup of the lake, or export another version."
        )


def _put_in_place(folder: Path, split: str, rows: int) -> None:
    """Put the file of a split in the place of an earlier one, or remove that where the split has no pair."""
    if rows:
        _unfinished(folder, split).replace(split_file(folder, split))
    else:
        split_file(folder, split).unlink(missing_ok=True)


def _remove_unfinished(folder: Path) -> None:
    for split in SPLITS:
        with contextlib.suppress(OSError):
            _unfinished(folder, split).unlink(missing_ok=True)


def _shaped(row: dict[str, str], pair_format: Format) -> dict[str, object]:
    if pair_format == "standard":
        return {name: row[name] for name in _SCHEMAS[pair_format].names}
    roles = {"prompt": "user", "chosen": "assistant", "rejected": "assistant"}
    said = {name: [{"role": role, "content": row[name]}] for name, role in roles.items()}
    return {**said, "provenance_class": row["provenance_class"]}
