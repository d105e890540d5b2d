"""`ownvoice lineage`: one command of the command line, from a model to its data or the other way."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from ownvoice.cli.options import JsonOption, LakeOption
from ownvoice.config.settings import load_settings
from ownvoice.errors import SettingsError
from ownvoice.storage.lake import Lake
from ownvoice.training.results.lineage import lineage_of_model, lineage_of_version, model_lines, version_lines


def lineage_command(
    model: Annotated[str | None, typer.Option(help="A Hub commit or tag, or a training run.")] = None,
    version: Annotated[int | None, typer.Option(help="A version number of the dataset.")] = None,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell what a model was made from, or which models a version went into."""
    opened = Lake(load_settings(lake=lake).lake)
    if model and version is None:
        found = lineage_of_model(opened, model)
        lines = model_lines(found)
    elif version is not None and not model:
        found = lineage_of_version(opened, version)
        lines = version_lines(found)
    else:
        raise SettingsError("name one of the two: --model REVISION or --version NUMBER.")
    print(json.dumps(found, ensure_ascii=False, indent=1) if as_json else "\n".join(lines))
