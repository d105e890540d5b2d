"""`ownvoice style`: how near a trained model, or a dataset version, is to an author's way of writing."""

from __future__ import annotations

from typing import Annotated

import typer

from ownvoice.cli.local_style import make_style
from ownvoice.cli.options import JsonOption, LakeOption
from ownvoice.cli.output import print_result
from ownvoice.config.settings import load_settings
from ownvoice.errors import SettingsError
from ownvoice.evaluation.stored import read_style
from ownvoice.evaluation.style_report import StyleReport
from ownvoice.evaluation.version_style import version_style
from ownvoice.reports.text.style import style_lines
from ownvoice.storage.lake import Lake
from ownvoice.training.settings import load_training_settings


def command(
    model: Annotated[str | None, typer.Option("--model", help="A training run; its report is made if missing.")] = None,
    version: Annotated[int | None, typer.Option(help="A dataset version; the newest without --model.")] = None,
    author: Annotated[
        str | None, typer.Option(help="The author; the one with the most pairs if none is given.")
    ] = None,
    also: Annotated[
        list[str] | None,
        typer.Option(help="A further model that answers the same prompts: run:ID, lake:KEY or hub:OWNER/NAME."),
    ] = None,
    again: Annotated[
        bool, typer.Option(help="Make the report of a model again; no stored answer is asked again.")
    ] = False,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the style report of a training, made where it is missing, or of a dataset version."""
    opened = Lake(load_settings(lake=lake).lake)
    if model and version is not None:
        raise SettingsError("--model and --version ask for two reports: a model's has the version it was trained on.")
    if model:
        report = _of_model(opened, model, author, tuple(also or ()), again)
    elif also or again:
        raise SettingsError("--also and --again are about the report of a model: name its training with --model.")
    else:
        report = version_style(opened, version, author)
    print_result(style_lines(report), report.model_dump(mode="json"), as_json)


def _of_model(lake: Lake, run_id: str, author: str | None, also: tuple[str, ...], again: bool) -> StyleReport:
    stored = None if again or also else read_style(lake, run_id, [])
    if stored and author in (None, stored.author_id):
        return stored
    return make_style(lake, load_training_settings(), run_id, author_id=author, also=also)
