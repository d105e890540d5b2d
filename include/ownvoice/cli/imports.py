"""`ownvoice imports`: which sets are known, and what was imported of them."""

from __future__ import annotations

import typer

from ownvoice.cli.options import JsonOption, LakeOption
from ownvoice.cli.output import print_result
from ownvoice.config.settings import load_settings
from ownvoice.imports.report import stored_reports
from ownvoice.imports.sets import KNOWN_SETS
from ownvoice.imports.table import rows_by_set
from ownvoice.reports.text.imports import set_lines
from ownvoice.storage.lake import Lake

group = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@group.callback()
def _only_commands() -> None:
    """Keep `list` a command of its own while it is the only one."""


@group.command("list")
def list_sets(lake: LakeOption = None, as_json: JsonOption = False) -> None:
    """List the known sets with their imports, and the rows that the lake holds of each."""
    opened = Lake(load_settings(lake=lake).lake)
    rows, reports = rows_by_set(opened), stored_reports(opened)
    value = {"rows": rows, "imports": [one.model_dump(mode="json") for one in reports], "sets": list(KNOWN_SETS)}
    print_result(set_lines(KNOWN_SETS.values(), reports, rows), value, as_json)
