"""`ownvoice report`: the report of a refresh run, as text, JSON or a page."""

from __future__ import annotations

import tempfile
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from ownvoice.cli.options import JsonOption, LakeOption
from ownvoice.cli.output import print_result
from ownvoice.config.settings import load_settings
from ownvoice.errors import SettingsError
from ownvoice.reports.html import read_page
from ownvoice.reports.report import read_report
from ownvoice.reports.text.report import report_lines
from ownvoice.storage.lake import Lake


def command(
    run_id: Annotated[
        str | None, typer.Argument(help="A run id; the run of the newest version if none is given.")
    ] = None,
    lake: LakeOption = None,
    html: Annotated[Path | None, typer.Option(help="Write the page to this file instead.")] = None,
    open_page: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Print the report, or write its page and say where it is."""
    opened = Lake(load_settings(lake=lake).lake)
    found = read_report(opened, run_id)
    if not (html or open_page):
        print_result(report_lines(found), found.model_dump(mode="json"), as_json)
        return
    path = html or Path(tempfile.mkdtemp(prefix="ownvoice-"), "report.html")
    path = _write(path, read_page(opened, found.run_id))
    is_shown = open_page and webbrowser.open(path.as_uri())
    print(f"{path} {'is open in a browser' if is_shown else 'holds the report; open it in a browser'}")


def _write(path: Path, page: bytes) -> Path:
    try:
        path.write_bytes(page)
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror}. Name another file with --html.") from None
    return path.resolve()
