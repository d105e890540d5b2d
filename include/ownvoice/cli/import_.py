"""`ownvoice import`: the rows of a known preference set, from the Hub or from files."""

from __future__ import annotations

import datetime as dt
import sys
from typing import Annotated

import typer

from ownvoice.cli.options import JsonOption, LakeOption
from ownvoice.cli.output import print_result
from ownvoice.config.settings import load_settings
from ownvoice.imports.import_set import Run, import_set
from ownvoice.imports.screen import read_screen
from ownvoice.imports.sets import known_set
from ownvoice.imports.source import open_source
from ownvoice.reports.text.imports import import_lines
from ownvoice.storage.lake import Lake

_ROWS_BETWEEN = 10_000


def command(
    name: Annotated[str, typer.Argument(metavar="SET", help="A set of `ownvoice imports list`, or its repository.")],
    path: Annotated[str | None, typer.Option(help="A file or folder, here or s3://, instead of the Hub.")] = None,
    revision: Annotated[
        str | None, typer.Option(help="A commit, branch or tag of the Hub; the set's branch if none is named.")
    ] = None,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import a set: all that is kept of it in one commit, or nothing. Repeated, it adds nothing."""
    settings = load_settings(lake=lake)
    opened, known = Lake(settings.lake), known_set(name)
    source = open_source(opened, known, path, revision)
    now = dt.datetime.now(dt.UTC)
    run = Run(f"import/{now:%Y-%m-%dT%H:%M:%S}Z", now.replace(microsecond=0))
    report = import_set(opened, known, source, read_screen(opened, settings.evaluation_sets), run, _tell)
    print_result(import_lines(report), report.model_dump(mode="json"), as_json)


def _tell(file: str, rows: int) -> None:
    if rows % _ROWS_BETWEEN == 0:
        print(f"{file}: {rows:,} rows read", file=sys.stderr)
