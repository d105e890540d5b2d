"""`ownvoice train`: the steps of the training DAG on one machine, up to the report."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from typing import Annotated

import typer
from pydantic import ValidationError

from ownvoice.cli.local_style import make_style
from ownvoice.cli.options import LakeOption, VersionOption
from ownvoice.cli.recipe_fields import with_fields
from ownvoice.config.problems import settings_error
from ownvoice.config.settings import load_settings
from ownvoice.errors import HealthError, NotTrainedError, OwnvoiceError
from ownvoice.publishing.gate import refuse_gate_that_nothing_passes
from ownvoice.reports.learning_curve import report_curve
from ownvoice.reports.text.style import styles_lines
from ownvoice.storage.lake import Lake
from ownvoice.training.elsewhere import wait_elsewhere
from ownvoice.training.planning.plan import PlannedTraining, plan_training
from ownvoice.training.planning.request import TrainingRequest, parse_variants
from ownvoice.training.planning.variants import read_variants
from ownvoice.training.process import start_trainer, training_arguments
from ownvoice.training.results.comparison import choose, compare
from ownvoice.training.results.report import write_run_report
from ownvoice.training.run import read_training_run
from ownvoice.training.settings import TrainingSettings, load_training_settings

Repeatable = list[str] | None


def command(
    lake: LakeOption = None,
    version: VersionOption = None,
    recipe: Annotated[Repeatable, typer.Option(help="A recipe field, as name=value; repeatable.")] = None,
    variant: Annotated[
        Repeatable, typer.Option(help="A recipe to compare, as name:field=value,field=value; repeatable.")
    ] = None,
    learning_curve: Annotated[
        bool, typer.Option("--learning-curve", help="Train on parts that double, and report what more pairs bring.")
    ] = False,
    curve_seeds: Annotated[int, typer.Option(help="Trainings of each size of a learning curve.")] = 3,
    run_id: Annotated[str | None, typer.Option("--run", help="Go on with this run instead of a new one.")] = None,
    dry_run: Annotated[bool, typer.Option(help="Check all recipes and show the estimate; train nothing.")] = False,
) -> None:
    """Train every recipe in turn, print the report, and fail where one of them was not trained."""
    settings = load_training_settings()
    opened = Lake(load_settings(lake=lake).lake)
    now = dt.datetime.now(dt.UTC)
    run_id = run_id or f"manual__{now:%Y-%m-%dT%H%M%S.%fZ}"
    request = _request(settings, version, recipe, variant, learning_curve, curve_seeds)
    refuse_gate_that_nothing_passes(opened, request, settings)
    planned = plan_training(opened, run_id, request, settings, load_settings().evaluation_sets)
    print("\n".join(_plan_lines(run_id, planned)), flush=True)
    if not dry_run:
        for one in planned:
            _train(opened, settings, one)
        _measure_style(opened, settings, run_id)
        lines, verdicts = write_run_report(opened, run_id, now.date())
        print("\n".join([*lines, *styles_lines(opened, verdicts), *report_curve(opened, run_id)]))
        _refuse_untrained(opened, run_id)


def _request(
    settings: TrainingSettings,
    version: int | None,
    recipe: Repeatable,
    variant: Repeatable,
    learning_curve: bool,
    curve_seeds: int,
) -> TrainingRequest:
    try:
        return TrainingRequest(
            recipe=with_fields(settings.recipe, recipe or ()),
            dataset_version=version,
            variants=parse_variants(variant or ()),
            learning_curve=learning_curve,
            curve_seeds=curve_seeds,
        )
    except ValidationError as error:
        raise settings_error(error) from None


def _plan_lines(run_id: str, planned: list[PlannedTraining]) -> Iterator[str]:
    yield f"run {run_id} on dataset version {planned[0].dataset_version}"
    for one in planned:
        pairs = f"{one.train_pairs} pairs, {one.steps} steps"
        yield f"  {one.variant or 'recipe'}: {pairs}, {_estimate(one.hours, one.usd)}"
        yield from (f"    {line}" for line in one.lines())
    if len(planned) > 1:
        yield f"  all of them: {_estimate(sum(one.hours for one in planned), sum(one.usd for one in planned))}"


def _estimate(hours: float, usd: float) -> str:
    return f"about {hours:.4g} hours" + (f" and {usd:.2f} USD" if usd else "")


def _train(lake: Lake, settings: TrainingSettings, planned: PlannedTraining) -> None:
    """Run the trainer, or wait for the one elsewhere, to its end, whichever that is; its result in the lake tells."""
    if settings.place == "elsewhere":
        run = read_training_run(planned.recipe_uri, lake.store.access)
        wait_elsewhere(lake, run, planned.recipe_uri, settings)
        return
    with start_trainer(settings.python, training_arguments(planned.recipe_uri)) as process:
        process.wait()


def _measure_style(lake: Lake, settings: TrainingSettings, run_id: str) -> None:
    """Make the style report of the training that would be published; one that cannot be made loses no model."""
    if not settings.style_prompts:
        return
    variants = read_variants(lake, run_id)
    try:
        make_style(lake, settings, choose(compare(lake, variants), variants.publish).run_id)
    except HealthError:
        return  # there is no model, or none that anybody should use; the report says why
    except OwnvoiceError as error:
        print(f"style      not measured: {error}", file=sys.stderr)


def _refuse_untrained(lake: Lake, run_id: str) -> None:
    trainings = compare(lake, read_variants(lake, run_id))
    if lost := [f"{one.run_id} ({one.verdict}): {one.reasons[0]}" for one in trainings if not one.is_trained]:
        raise NotTrainedError(f"not trained: {'; '.join(lost)} `ownvoice train --run {run_id}` goes on with this run.")
