"""All training runs: a row of `tables/runs` each with its recipe in short, and those that have not reported yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ownvoice.pages.cache import CACHE
from ownvoice.pages.paging import ResultPage
from ownvoice.publishing.champion import Move, newest_moves
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.run_keys import RunKeys
from ownvoice.training.planning.variants import variant_of
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.result import TrainingResult
from ownvoice.training.results.report import TrainingReport
from ownvoice.training.results.training import Training, read_training
from ownvoice.training.run import TrainingRun
from ownvoice.training.run_files import read_file

TRAININGS_PER_PAGE = 25
MAX_CHOICES = 200
MAX_MOVES = 25
_MAX_NOT_REPORTED = 20

Row = dict[str, Any]


def trainings_page(lake: Lake, number: int = 1) -> dict[str, Any]:
    """Return page `number` of the training runs, newest first; the first has those that have not reported yet too."""
    table = lake.table("runs")
    version = table.version() if table else -1
    reported = reported_trainings(lake)
    result_page = ResultPage(number, len(reported), TRAININGS_PER_PAGE)

    move_faults: list[str] = []
    moves = newest_moves(lake, move_faults, MAX_MOVES)

    def listed(row: Row) -> Row:
        return CACHE.get((lake.uri, "training", version, row["run_id"]), lambda: row | _told(lake, row["run_id"]))

    return {
        "not_reported": _not_reported(lake) if number == 1 else [],
        "rows": [listed(row) for row in result_page.cut(reported)],
        "choices": [row["run_id"] for row in reported[:MAX_CHOICES]],
        "moves": moves[:MAX_MOVES] if number == 1 else [],
        "move_faults": move_faults if number == 1 else [],
        "champions": champions_among(moves),
        "result_page": result_page,
    }


def champions_among(moves: Sequence[Move]) -> frozenset[str]:
    """Return the trainings whose models are champions, where `moves` holds the newest of each repository."""
    newest = {move.repo_id.lower(): move.run_id for move in sorted(moves, key=lambda move: move.number)}
    return frozenset(newest.values())


def reported_trainings(lake: Lake) -> list[Row]:
    """Return the rows of all trainings that have reported, newest first."""
    table = lake.table("runs")
    if table is None:
        return []

    def read() -> list[Row]:
        order = "kind = 'training' ORDER BY refresh_date DESC, run_id DESC"
        return [
            row | {"counts": dict(row["counts"] or {})}
            for batch in scan(table, where=order)
            for row in batch.to_pylist()
        ]

    return CACHE.get((lake.uri, "reported trainings", table.version()), read)


def recipe_in_short(recipe: TrainingRecipe) -> str:
    """Return the fields in which recipes mostly differ, in words."""
    return f"rank {recipe.lora_rank}, beta {recipe.beta}, rate {recipe.learning_rate}, epochs {recipe.epochs}"


def _told(lake: Lake, run_id: str) -> Row:
    """Return what the report of a training says beyond its row of the table."""
    report = read_file(lake, RunKeys(run_id).report, TrainingReport, [])
    result = report.result if report else TrainingResult()
    return {
        "recipe": recipe_in_short(result.recipe) if result.recipe else "",
        "base": result.base and result.base.name,
        "publication": report and report.publication,
        "variant_of": variant_of(lake, run_id),
    }


def _folders_of_reported(lake: Lake) -> frozenset[str]:
    """Return the folders below `runs` of all that has reported, a refresh or a training."""
    table = lake.table("runs")
    if table is None:
        return frozenset()

    def read() -> frozenset[str]:
        run_ids = (run_id for batch in scan(table, "run_id") for run_id in batch["run_id"].to_pylist())
        return frozenset(RunKeys(run_id).name for run_id in run_ids)

    return CACHE.get((lake.uri, "folders of reported runs", table.version()), read)


def _not_reported(lake: Lake) -> list[Training]:
    known = _folders_of_reported(lake)
    found: list[Training] = []
    for name in reversed(lake.store.folders("runs")):
        if name in known or len(found) == _MAX_NOT_REPORTED:
            continue
        run = read_file(lake, RunKeys(name).recipe, TrainingRun, [])
        training = read_training(lake, run.run_id) if run else None
        found += [training] if training else []
    return found
