"""`ownvoice export`: a dataset version as Parquet files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ownvoice.cli.options import JsonOption, LakeOption, VersionOption
from ownvoice.cli.output import print_result
from ownvoice.config.settings import load_settings
from ownvoice.dataset.export import Format, export
from ownvoice.storage.lake import Lake


def command(
    folder: Annotated[Path, typer.Argument(help="The folder in which train.parquet and test.parquet are written.")],
    lake: LakeOption = None,
    version: VersionOption = None,
    pair_format: Annotated[Format, typer.Option("--format", help="TRL's preference format.")] = "standard",
    as_json: JsonOption = False,
) -> None:
    """Write one file a split and print how many pairs each holds."""
    rows = export(Lake(load_settings(lake=lake).lake), folder, version, pair_format)
    print_result((f"{folder / split}.parquet: {count} pairs" for split, count in rows.items()), rows, as_json)
