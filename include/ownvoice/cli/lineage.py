"""`ownvoice lineage`: from a model to its data, or from a version to its models."""

from __future__ import annotations

from typing import Annotated

import typer

from ownvoice.cli.options import JsonOption, LakeOption
from ownvoice.cli.output import print_result
from ownvoice.config.settings import load_settings
from ownvoice.errors import SettingsError
from ownvoice.storage.lake import Lake
from ownvoice.training.results.lineage import lineage_of_model, lineage_of_version, model_lines, version_lines


def command(
    model: Annotated[str | None, typer.Option(help="A Hub commit or tag, or a training run.")] = None,
    version: Annotated[int | None, typer.Option(help="A version number of the dataset.")] = None,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the lineage of the one that is named. Raises `SettingsError` unless exactly one of the two is."""
    opened = Lake(load_settings(lake=lake).lake)
    if model and version is None:
        made_from = lineage_of_model(opened, model)
        print_result(model_lines(made_from), made_from, as_json)
    elif version is not None and not model:
        used_by = lineage_of_version(opened, version)
        print_result(version_lines(used_by), used_by, as_json)
    else:
        raise SettingsError("name one of the two: --model REVISION or --version NUMBER.")
