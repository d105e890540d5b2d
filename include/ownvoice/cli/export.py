"""`ownvoice export`: a dataset version as Parquet files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ownvoice.cli.options import JsonOption, LakeOption, VersionOption
from ownvoice.cli.output import print_result
from ownvoice.config.settings import load_settings
from ownvoice.dataset.export import Format, export, split_file
from ownvoice.storage.lake import Lake


def command(
    folder: Annotated[Path, typer.Argument(help="The folder of train.parquet and test.parquet.")],
    lake: LakeOption = None,
    version: VersionOption = None,
    pair_format: Annotated[Format, typer.Option("--format", help="TRL's preference format.")] = "standard",
    as_json: JsonOption = False,
) -> None:
    """Write one file a split and print how many pairs each holds; a split without a pair has no file."""
    rows = export(Lake(load_settings(lake=lake).lake), folder, version, pair_format)
    print_result((_line(split_file(folder, split), split, count) for split, count in rows.items()), rows, as_json)


def _line(file: Path, split: str, pairs: int) -> str:
    if pairs:
        return f"{file}: {pairs} pairs"
    return f"{file}: not written, since no article with a pair is on the {split} side of the split"
