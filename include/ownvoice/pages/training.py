"""The page of one training run, and the page of several laid over each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from string import ascii_uppercase
from typing import Any

from ownvoice.evaluation.judges.quality_report import read_quality
from ownvoice.evaluation.stored import read_style
from ownvoice.pages.learning_curve import curve_section
from ownvoice.pages.trainings import MAX_CHOICES, MAX_MOVES, reported_trainings
from ownvoice.publishing.champion import Move, moves_of
from ownvoice.publishing.judging import read_outcome
from ownvoice.reports.charts.training import curve_charts, curves_as_numbers, overlay_charts
from ownvoice.storage.lake import Lake
from ownvoice.storage.run_keys import RunKeys
from ownvoice.storage.versions import find_version
from ownvoice.training.awaited import read_awaited
from ownvoice.training.health.findings import Finding, Health
from ownvoice.training.health.judge import rule_of
from ownvoice.training.health.rule import Rule
from ownvoice.training.metrics import labelled
from ownvoice.training.planning.variants import variant_of, variants_of
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.results.comparison import read_choice
from ownvoice.training.results.training import Training, read_training

_LOG_LINES = 15


def training_page(lake: Lake, run_id: str) -> dict[str, Any] | None:
    """Return what there is to see of a training run; None where the lake knows no such run."""
    training = read_training(lake, run_id)
    if training is None:
        return None
    version, awaited = training.dataset_version, read_awaited(lake, RunKeys(run_id))
    return {
        "training": training,
        "variant_of": variant_of(lake, run_id),
        "measured": training.measured(),
        "version": None if version is None else find_version(lake, version),
        "findings": findings_with_rules(training.health),
        "charts": curve_charts(training.metrics, training.health.findings),
        "numbers": curves_as_numbers(training.metrics),
        "recipe": list(_recipe_facts(training.run.recipe)) if training.run else [],
        "awaited": awaited if awaited and not awaited.cancelled else None,
        "said": training.log[-_LOG_LINES:],
        "others": other_trainings(lake, run_id),
        "style": read_style(lake, run_id, []),
        "quality": read_quality(lake, run_id, []),
        "outcome": read_outcome(lake, run_id),
        "moves": _moves(lake, training),
    }


def _moves(lake: Lake, training: Training) -> list[Move]:
    """Return the moves that made this training's model the champion, of the newest of its repository."""
    repo_id = training.run.recipe.hub_repository if training.run else None
    newest = islice(moves_of(lake, repo_id, []), MAX_MOVES) if repo_id else ()
    return [move for move in newest if move.run_id == training.run_id]


def overlay_page(lake: Lake, run_ids: Sequence[str]) -> dict[str, Any] | None:
    """Return training runs side by side as A, B and so on, as they are named; None where one of them is not known."""
    trainings = [read_training(lake, run_id) for run_id in dict.fromkeys(run_ids)]
    found = [one for one in trainings if one is not None]
    return _laid_over(dict(zip(ascii_uppercase, found, strict=False))) if len(found) == len(trainings) else None


def variants_page(lake: Lake, run_id: str) -> dict[str, Any] | None:
    """Return the trainings of a run with several recipes, side by side by name, and which was chosen; else None."""
    read = {name: read_training(lake, one) for name, one in variants_of(lake, run_id).items()}
    trainings = {name: one for name, one in read.items() if one is not None}
    if not trainings:
        return None
    choice = read_choice(lake, run_id)
    return _laid_over(trainings) | {
        "run_id": run_id,
        "chosen": choice.chosen,
        "rule": choice.rule,
        "curve": curve_section(lake, run_id),
    }


def other_trainings(lake: Lake, run_id: str = "") -> list[str]:
    """Return the ids of the newest trainings that have reported, without `run_id`."""
    return [row["run_id"] for row in reported_trainings(lake)[:MAX_CHOICES] if row["run_id"] != run_id]


def _laid_over(trainings: dict[str, Training]) -> dict[str, Any]:
    measured = {name: one.measured() for name, one in trainings.items()}
    return {
        "run_id": None,
        "curve": None,
        "trainings": trainings,
        "charts": overlay_charts({name: one.metrics for name, one in trainings.items()}),
        "numbers": {name: curves_as_numbers(one.metrics) for name, one in trainings.items()},
        "labels": [label for label in labelled() if any(label in one for one in measured.values())],
        "measured": measured,
        "differences": list(_differences(trainings)),
        "samples": _side_by_side(trainings),
    }


def findings_with_rules(health: Health) -> list[tuple[Finding, Rule | None]]:
    """Return each finding with its rule; without one where this version of Ownvoice has no such rule."""
    return [(finding, rule_of(finding)) for finding in health.findings]


def _recipe_facts(recipe: TrainingRecipe) -> Iterator[tuple[str, Any, Any]]:
    """Yield the fields of a recipe, each with the default where it has another value."""
    defaults = TrainingRecipe().model_dump(mode="json")
    for name, value in recipe.model_dump(mode="json").items():
        yield name, value, defaults[name] if value != defaults[name] else None


def _differences(trainings: dict[str, Training]) -> Iterator[tuple[str, list[Any]]]:
    """Yield what the recipes, or the dataset versions, do not share, with the value of each training."""
    recipes = [
        {"dataset_version": run.dataset_version} | run.recipe.model_dump(mode="json") if run else {}
        for run in (one.run for one in trainings.values())
    ]
    for name in dict.fromkeys(name for recipe in recipes for name in recipe):
        values = [recipe.get(name) for recipe in recipes]
        if any(value != values[0] for value in values):
            yield name, values


def _side_by_side(trainings: dict[str, Training]) -> dict[str, list[tuple[str, str]]]:
    """Return the answers to each question: those of the bases, each once, and then that of every training."""
    answers: dict[str, list[tuple[str, str]]] = {}
    for one in trainings.values():
        for sample in one.samples:
            base = ("before", sample.base)
            if base not in (kept := answers.setdefault(sample.question, [])):
                kept.append(base)
    for name, one in trainings.items():
        for sample in one.samples:
            answers[sample.question].append((name, sample.trained))
    return answers
