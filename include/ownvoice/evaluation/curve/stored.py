"""The learning curve of a run: which further models its style report asks, and `learning_curve.json`."""

from __future__ import annotations

from collections.abc import Mapping

from ownvoice.evaluation.curve.curve import CurveTraining, LearningCurve, metric_curve
from ownvoice.evaluation.curve.metrics import METRICS
from ownvoice.evaluation.held_out import MIN_PROMPTS
from ownvoice.evaluation.stored import read_style
from ownvoice.evaluation.style_report import TRAINED, StyleReport
from ownvoice.storage.lake import Lake
from ownvoice.storage.run_keys import RunKeys
from ownvoice.training.metrics import labelled
from ownvoice.training.planning.variants import Variants, read_variants, variant_of
from ownvoice.training.results.training import NO_RESULT, Training, planned_training
from ownvoice.training.run_files import read_file

CURVE_PROMPTS = MIN_PROMPTS
"""Prompts that each model of a curve answers at most: as many as a voice is judged from, since models are many."""


def models_of_curve(lake: Lake, run_id: str) -> list[str]:
    """Return the names of the other models of the curve that a training belongs to; none where it is of no curve."""
    whole = variant_of(lake, run_id)
    variants = read_variants(lake, whole[0]) if whole else Variants({})
    others = [one for one in variants.run_ids.values() if one != run_id] if variants.is_curve else []
    return [f"run:{one}" for one in others if planned_training(lake, one)[0].result.is_trained]


def write_learning_curve(lake: Lake, run_id: str) -> LearningCurve | None:
    """Write `learning_curve.json` of a run from what its trainings left by now; None where it is no learning curve.

    Repeated, it writes the same again. Raises `StorageError` where a training of it was not planned.
    """
    variants = read_variants(lake, run_id)
    if variants.curve_pairs is None:
        return None
    read = {name: planned_training(lake, one) for name, one in variants.run_ids.items()}
    version = next(iter(read.values()))[1].dataset_version
    distances = _style_distances(lake, variants)
    trainings = tuple(
        _training(name, training, run.recipe.subset_pairs or variants.curve_pairs, run.recipe.seed, distances)
        for name, (training, run) in read.items()
    )
    curve = LearningCurve(
        run_id=run_id,
        dataset_version=version,
        train_pairs=variants.curve_pairs,
        test_pairs=next((one.result.rows.test for one, _ in read.values() if one.result.rows), None),
        trainings=trainings,
        curves=tuple(metric_curve(trainings, metric) for metric in METRICS),
    )
    lake.write_json(RunKeys(run_id).learning_curve("json"), curve.model_dump(mode="json"))
    return curve


def read_learning_curve(lake: Lake, run_id: str, faults: list[str]) -> LearningCurve | None:
    """Return the curve of a run; None where there is none or, as `faults` then says, it cannot be read."""
    return read_file(lake, RunKeys(run_id).learning_curve("json"), LearningCurve, faults)


def _training(
    name: str, training: Training, wanted_pairs: int, seed: int, distances: Mapping[str, float]
) -> CurveTraining:
    result = training.result
    known = CurveTraining(variant=name, run_id=training.run_id, seed=seed, wanted_pairs=wanted_pairs)
    if not result.is_trained:
        return known.model_copy(update={"why_not": f"{result.ended}: {result.message or NO_RESULT}"})
    on_test = training.measured()
    return known.model_copy(
        update={
            "train_pairs": result.rows.train if result.rows else None,
            "steps": result.steps,
            "style_distance": distances.get(training.run_id),
            **{label: on_test[label].test for label in labelled() if label in METRICS},
        }
    )


def _style_distances(lake: Lake, variants: Variants) -> dict[str, float]:
    """Return the distance of each model that the style report of the chosen training asked, by its training."""
    chosen = variants.run_ids.get(variants.publish or "")
    report = read_style(lake, chosen, []) if chosen else None
    return dict(_ratios(report, chosen)) if report and chosen else {}


def _ratios(report: StyleReport, chosen: str) -> list[tuple[str, float]]:
    return [
        (chosen if one.name == TRAINED else one.name.removeprefix("run:"), one.cosine_delta.ratio)
        for one in report.subjects
        if one.cosine_delta is not None
    ]
