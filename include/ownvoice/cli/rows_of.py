"""`ownvoice rows-of`: the rows that a model was trained on, from its card."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ownvoice.cli.options import JsonOption, LakeOption
from ownvoice.cli.output import print_result
from ownvoice.config.settings import load_settings
from ownvoice.publishing.provenance import training_rows
from ownvoice.publishing.training_rows import record_of, write_rows
from ownvoice.storage.lake import Lake


def command(
    model: Annotated[
        str, typer.Argument(help="A model card or its folder, a training run of the lake, or a model on the Hub.")
    ],
    output: Annotated[Path, typer.Option(help="The file to write, .parquet or .jsonl.")] = Path("rows.parquet"),
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the rows that the card's record names, once they have its digest, and say where they come from."""
    opened = Lake(load_settings(lake=lake).lake)
    record = record_of(opened, model)
    write_rows(training_rows(opened, record), output)
    rows = record.rows
    lines = (
        f"{output}: {rows.count} pairs of version {record.dataset.version}, digest {rows.digest[:12]} verified",
        f"training   {record.run}, recipe {record.recipe_id}, base {record.base.name}; left out {len(rows.left_out)}",
    )
    print_result(iter(lines), record.model_dump(mode="json") | {"file": str(output)}, as_json)
