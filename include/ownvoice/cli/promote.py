"""`ownvoice promote`: a trained model becomes the champion of its repository, by the rule; or the champions so far."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Annotated

import typer

from ownvoice.cli.options import JsonOption, LakeOption
from ownvoice.cli.output import print_result
from ownvoice.config.settings import load_settings
from ownvoice.errors import SettingsError
from ownvoice.publishing.champion import Move, moves_of, repositories
from ownvoice.publishing.judging import judge_run
from ownvoice.publishing.promote import CardSettings, promote
from ownvoice.publishing.promotion import outcome_lines
from ownvoice.storage.lake import Lake
from ownvoice.training.settings import load_training_settings


def command(
    run: Annotated[str | None, typer.Argument(help="A training run; none: list the champions so far.")] = None,
    force: Annotated[
        str | None, typer.Option(help="Promote whatever the rule says, for this reason, which is written down.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what the rule says; move nothing.")] = False,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge a run, show the rule's table and promote it; a former champion is rolled back to. Exit code 25 if not."""
    opened = Lake(load_settings(lake=lake).lake)
    if force is not None and not force.strip():
        raise SettingsError("--force needs a reason, which is kept: --force 'the judges prefer it'.")
    if run is None:
        _print_history(opened, force, dry_run, as_json)
        return
    settings, outcome, move = load_training_settings(), judge_run(opened, run), None
    try:
        if not dry_run:
            move = promote(opened, outcome, CardSettings(settings.model_licence, settings.hub_private), force)
    finally:  # what the rule says is shown whatever becomes of it
        lines = [*outcome_lines(outcome), *(move_lines(move) if move else ())]
        stored = {"outcome": outcome.model_dump(mode="json"), "move": move and move.model_dump(mode="json")}
        print_result(lines, stored, as_json)


def move_lines(move: Move) -> Iterator[str]:
    """Yield a move as text."""
    yield f"{move.repo_id}: champion {move.number} since {move.at:%Y-%m-%d %H:%M} UTC"
    yield f"  run {move.run_id}" + (f", over run {move.over}" if move.over else "")
    yield textwrap.fill(f"{move.how}: {move.because}", 80, initial_indent="  ", subsequent_indent="    ")


def _print_history(lake: Lake, force: str | None, dry_run: bool, as_json: bool) -> None:
    if force or dry_run:
        raise SettingsError("--force and --dry-run are about a run: name it, as `ownvoice promote RUN`.")
    faults: list[str] = []
    moves = [move for repo_id in repositories(lake) for move in moves_of(lake, repo_id, faults)]
    lines = [line for move in moves for line in move_lines(move)] + faults
    stored = {"moves": [move.model_dump(mode="json") for move in moves], "faults": faults}
    print_result(lines or ["no model was promoted yet"], stored, as_json)
