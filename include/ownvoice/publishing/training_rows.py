"""From the name of a model to the rows that it was trained on, as a file."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ownvoice.errors import BadDataError, HubAccessError, SettingsError, first_line
from ownvoice.publishing.provenance import Provenance, provenance, read_block
from ownvoice.storage.hub import hub_client, hub_faults
from ownvoice.storage.lake import Lake
from ownvoice.storage.rows import PairRow
from ownvoice.training.results.training import read_training, trained

_CARD = "README.md"
_SUFFIXES = (".parquet", ".jsonl")


def record_of(lake: Lake, model: str) -> Provenance:
    """Return the record of a model: a card, a folder with one, a training run of this lake, or a model on the Hub.

    Raises `BadDataError` where the card has none or cannot be had, `HubUnavailableError` where a later try may get it,
    and `StorageError` where the run left no model.
    """
    path = Path(model)
    if path.is_file() or path.is_dir():
        return read_block(_read(path / _CARD if path.is_dir() else path))
    if read_training(lake, model) is not None:
        _, _, result = trained(lake, model)
        return provenance(lake, model, result)
    return read_block(_from_hub(model))


def write_rows(rows: list[PairRow], output: Path) -> None:
    """Write rows with all their columns as Parquet or as JSON Lines, by the suffix of the file.

    Raises `SettingsError` for another suffix, and where the file cannot be written.
    """
    if output.suffix not in _SUFFIXES:
        raise SettingsError(f"{output}: name a file that ends in {' or '.join(_SUFFIXES)}.")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        if output.suffix == ".parquet":
            pq.write_table(pa.Table.from_pylist(rows), output)
        else:
            lines = (json.dumps(row, ensure_ascii=False, default=str) for row in rows)
            output.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    except OSError as error:
        raise SettingsError(f"{output} cannot be written: {error.strerror or error}. Name another file.") from None


def _read(card: Path) -> str:
    try:
        return card.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadDataError(
            f"{card} cannot be read as a card: {first_line(error)}. Name a card or its folder."
        ) from None


def _from_hub(repo_id: str) -> str:
    try:
        with hub_faults(repo_id, "read"):
            return _read(Path(hub_client(os.environ.get("HF_TOKEN")).hf_hub_download(repo_id, _CARD)))
    except (HubAccessError, SettingsError) as error:
        raise BadDataError(
            f"{repo_id!r} is no card, no folder and no training of this lake, and the Hub gave no card of it: {error}"
        ) from None
