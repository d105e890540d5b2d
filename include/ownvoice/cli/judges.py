"""`ownvoice judges`: the judges, and how far they agree with people."""

from __future__ import annotations

from dataclasses import asdict

import typer

from ownvoice.cli.options import JsonOption, LakeOption
from ownvoice.cli.output import print_result
from ownvoice.config.settings import load_settings
from ownvoice.reports.read_raters import read_rater_table
from ownvoice.reports.text.raters import rater_lines
from ownvoice.storage.lake import Lake
from ownvoice.terminal import wrapped

group = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@group.callback()
def _is_a_group() -> None:
    """Keep `table` a command of its own name while the group has no other."""


@group.command("table")
def table(lake: LakeOption = None, as_json: JsonOption = False) -> None:
    """Show judges and people side by side: agreement, place bias, gold, and what each takes."""
    settings = load_settings(lake=lake)
    faults: list[str] = []
    found = read_rater_table(Lake(settings.lake), settings.judges, faults)
    lines = [*rater_lines(found), *(line for fault in faults for line in wrapped(fault, 2))]
    print_result(lines, asdict(found) | {"faults": faults}, as_json)
