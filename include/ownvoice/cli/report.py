"""`ownvoice report`: one command of the command line, what a refresh did as text, JSON or a page."""

from __future__ import annotations

import json
import tempfile
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from ownvoice.cli.options import JsonOption, LakeOption
from ownvoice.config.settings import load_settings
from ownvoice.errors import SettingsError
from ownvoice.reports.html import read_page
from ownvoice.reports.report import read_report
from ownvoice.reports.text import report_lines
from ownvoice.storage.lake import Lake


def report_command(
    run_id: Annotated[
        str | None, typer.Argument(help="A run id; the run of the newest version where none is given.")
    ] = None,
    lake: LakeOption = None,
    html: Annotated[Path | None, typer.Option(help="Write the page to this file instead.")] = None,
    open_page: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Print what a refresh did, or show it as a page."""
    opened = Lake(load_settings(lake=lake).lake)
    found = read_report(opened, run_id)
    if html or open_page:
        path = _write(
            html or Path(tempfile.mkdtemp(prefix="ownvoice-"), "report.html"), read_page(opened, found["run_id"])
        )
        shown = open_page and webbrowser.open(path.as_uri())
        print(f"{path} {'is open in a browser' if shown else 'holds the report; open it in a browser'}")
        return
    print(json.dumps(found, ensure_ascii=False, indent=1) if as_json else "\n".join(report_lines(found)))


def _write(path: Path, page: bytes) -> Path:
    try:
        path.write_bytes(page)
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror}. Name another file with --html.") from None
    return path.resolve()
