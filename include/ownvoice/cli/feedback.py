"""`ownvoice feedback`: what readers said of answers, collected in rounds and approved by a person."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Annotated

import typer

from ownvoice.cli.options import JsonOption, LakeOption
from ownvoice.cli.output import print_result
from ownvoice.config.settings import load_settings
from ownvoice.errors import SettingsError
from ownvoice.feedback.apply import approve_round, reject_round
from ownvoice.feedback.collect import collect_round
from ownvoice.feedback.read_source import SourceRead
from ownvoice.feedback.rounds import read_round, rounds
from ownvoice.feedback.stored import read_feedback_rows
from ownvoice.feedback.withdraw import withdraw_person
from ownvoice.reports.text.feedback import feedback_round_lines, feedback_row_lines, no_round_lines
from ownvoice.storage.lake import Lake
from ownvoice.storage.stores import ObjectStore
from ownvoice.terminal import wrapped

group = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

_HERE = "the command line"  # who decides on a round

NumberArgument = Annotated[int, typer.Argument(metavar="ROUND", help="A round, by the number that `list` shows.")]
_Names = list[str] | None


@group.command("collect")
def collect(
    source: Annotated[
        str | None, typer.Option("--feedback", help="s3://bucket/prefix or file:///folder [OWNVOICE_FEEDBACK].")
    ] = None,
    held: Annotated[bool, typer.Option("--held", help="Make a round of held rows even where nothing is new.")] = False,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read the exports and write down what they would change; a person then approves or rejects it."""
    settings = load_settings(lake=lake, feedback=source)
    if settings.feedback is None:
        raise SettingsError("no feedback was named: pass --feedback URI, or set OWNVOICE_FEEDBACK.")
    run = f"feedback__{dt.datetime.now(dt.UTC):%Y-%m-%dT%H%M%S.%fZ}"
    store, met = ObjectStore(settings.feedback), SourceRead()
    made = collect_round(
        Lake(settings.lake), store, settings.feedback_rules, run, settings.evaluation_sets, held_too=held, met=met
    )
    if made is None:
        print_result(no_round_lines(met), None, as_json)
        return
    next_step = f"Read it with `ownvoice feedback show {made.number}`, then `approve` or `reject` it."
    print_result([*feedback_round_lines(made), next_step], made.model_dump(mode="json"), as_json)


@group.command("list")
def list_rounds(lake: LakeOption = None, as_json: JsonOption = False) -> None:
    """List the rounds, newest first."""
    faults: list[str] = []
    found = rounds(Lake(load_settings(lake=lake).lake), faults)[::-1]
    lines = [line for one in found for line in feedback_round_lines(one)] + faults
    stored = {"rounds": [one.model_dump(mode="json") for one in found], "faults": faults}
    print_result(lines or ["no round of feedback yet: `ownvoice feedback collect` makes one"], stored, as_json)


@group.command("show")
def show_round(number: NumberArgument, lake: LakeOption = None, as_json: JsonOption = False) -> None:
    """Show a round with its rows, those that are held too."""
    opened = Lake(load_settings(lake=lake).lake)
    made = read_round(opened, number)
    rows = read_feedback_rows(opened, made)
    stored = {"round": made.model_dump(mode="json"), "rows": [asdict(one) for one in rows]}
    print_result([*feedback_round_lines(made), *feedback_row_lines(rows)], stored, as_json)


@group.command("approve")
def approve(
    number: NumberArgument,
    release: Annotated[_Names, typer.Option(help="A held row, by its id or reason; repeatable.")] = None,
    leave_out: Annotated[_Names, typer.Option(help="A row that never comes in, by its id; repeatable.")] = None,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Record the rows of a round, so that trainings may take them; done again, it changes nothing."""
    opened = Lake(load_settings(lake=lake).lake)
    made = approve_round(opened, number, _HERE, release or (), leave_out or ())
    print_result(feedback_round_lines(made), made.model_dump(mode="json"), as_json)


@group.command("reject")
def reject(number: NumberArgument, lake: LakeOption = None, as_json: JsonOption = False) -> None:
    """End a round so that nothing follows from it; what was said in it does not come again."""
    made = reject_round(Lake(load_settings(lake=lake).lake), number, _HERE)
    print_result(feedback_round_lines(made), made.model_dump(mode="json"), as_json)


@group.command("withdraw")
def withdraw(
    person: Annotated[str, typer.Argument(help="A person, as the exports name them; the name is not stored.")],
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take back all that a person said, out of every round and row, and refuse it when it is read again."""
    gone = withdraw_person(Lake(load_settings(lake=lake).lake), person)
    told = (
        f"{gone.events} things said and {len(gone.row_ids)} recorded rows are withdrawn. Old versions of "
        "tables/imported hold the rows still, and models may have been trained on them."
    )
    print_result(wrapped(told), asdict(gone), as_json)
