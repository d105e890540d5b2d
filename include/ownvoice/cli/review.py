"""`ownvoice review`: the rounds in which people review pairs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from ownvoice.cli.options import JsonOption, LakeOption
from ownvoice.cli.output import print_result
from ownvoice.config.settings import load_settings
from ownvoice.reports.text.review import folded_lines, round_lines
from ownvoice.reviewing.fold import preview
from ownvoice.reviewing.sample import read_round, rounds
from ownvoice.storage.lake import Lake

group = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

RoundArgument = Annotated[str, typer.Argument(metavar="ROUND", help="A round, by the name that `list` shows.")]


@group.command("list")
def list_rounds(lake: LakeOption = None, as_json: JsonOption = False) -> None:
    """List the rounds, newest first."""
    faults: list[str] = []
    found = rounds(Lake(load_settings(lake=lake).lake), faults)
    lines = [line for one in found for line in round_lines(one)] + faults
    stored = {"rounds": [one.model_dump(mode="json") for one in found], "faults": faults}
    print_result(lines or ["no round of review yet: trigger the DAG review_pairs"], stored, as_json)


@group.command("show")
def show_round(round_name: RoundArgument, lake: LakeOption = None, as_json: JsonOption = False) -> None:
    """Show what a round comes to by the answers so far, and how its reviewers did; write nothing."""
    opened = Lake(load_settings(lake=lake).lake)
    found = read_round(opened, round_name)
    folded = preview(opened, found)
    print_result(
        [*round_lines(found), *folded_lines(folded)],
        asdict(folded) | {"round": found.model_dump(mode="json"), "counts": folded.counts},
        as_json,
    )
