"""The step before a GPU is requested: fix the version, check the recipes against it, estimate time and cost."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ownvoice.errors import BadBaseError, SettingsError
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.run_keys import RunKeys
from ownvoice.storage.versions import all_versions, version_or_latest
from ownvoice.training.lake_base import lake_base_fault, lake_base_key
from ownvoice.training.mixture.left_out import ADVICE, MixtureDrop
from ownvoice.training.mixture.used import mixture_lines
from ownvoice.training.planning.learning_curve import curve_recipes, training_name
from ownvoice.training.planning.mixing import Mixing
from ownvoice.training.planning.request import TrainingRequest, recipes_of
from ownvoice.training.planning.variants import Variants, read_variants, training_id, write_variants
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.recipe_checks import cautions_about
from ownvoice.training.run import TrainingRun, write_training_run
from ownvoice.training.settings import TrainingSettings
from ownvoice.training.subset import subset_size
from ownvoice.training.version_pairs import ArticleSize, SplitSizes, split_sizes, train_articles

_CHARS_PER_TOKEN = 4  # of English prose, for an estimate alone
_AROUND_TRAINING_H = 0.3  # to start a node, load image and base, merge and check the model


@dataclass(frozen=True, slots=True)
class PlannedTraining:
    """A training that was checked and written down, as `resolve_dataset` hands it on. `hours` and `usd` are estimates.

    `variant` is empty if the run has a single recipe. With kto, single answers are counted in the place of pairs. The
    rows of a mixture are counted by set and by provenance class, and those that were drawn and left out by reason.
    """

    variant: str
    lake: str
    recipe_uri: str
    dataset_version: int
    train_pairs: int
    test_pairs: int
    steps: int
    hours: float
    usd: float
    rows_by_set: dict[str, int] = field(default_factory=dict)
    rows_by_class: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    cautions: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Yield what there is to know of its rows and values before it is paid for."""
        if self.rows_by_set:
            yield from mixture_lines(self.rows_by_set, self.rows_by_class, self.left_out)
        yield from (f"{'':11}{reason}: {ADVICE[MixtureDrop(reason)]}" for reason in self.left_out)
        yield from (f"caution    {caution}" for caution in self.cautions)


def plan_training(
    lake: Lake,
    run_id: str,
    request: TrainingRequest,
    settings: TrainingSettings,
    evaluation_sets: Sequence[str] = (),
) -> list[PlannedTraining]:
    """Fix the version (the newest where none is given), check every variant, and write the `recipe.json` of each.

    Raises `BadDataError` for a version that cannot be read or lacks a split, `BadBaseError` for a base that the lake
    lacks, `SettingsError` that names every problem of every recipe. The trainer verifies the digest of the rows when
    it reads them.
    """
    _refuse_lake_out_of_reach(lake, settings)
    _refuse_taken_folder(lake, run_id)
    version = version_or_latest(lake, request.dataset_version)
    number = version.number
    whole, articles = split_sizes(lake, number), train_articles(lake, number)
    mixing = Mixing(lake, version, evaluation_sets)

    def sizes_for(recipe: TrainingRecipe) -> SplitSizes:
        return mixing.sizes(_part(whole, articles, recipe), recipe)

    recipes = _recipes(request, articles, sizes_for(request.recipe).train_pairs, settings.gpu_count)
    _refuse_missing_base(lake, request.recipe)
    runs = {
        name: TrainingRun(
            run_id=training_id(run_id, name),
            lake=lake.uri,
            dataset_version=number,
            recipe=recipe,
            gpu_count=settings.gpu_count,
            gpu_usd_per_hour=settings.gpu_usd_per_hour or None,
            mixture=mixing.write(RunKeys(training_id(run_id, name)).mixture, recipe),
        )
        for name, recipe in recipes.items()
    }
    planned = [_planned(lake, name, run, sizes_for(run.recipe), settings) for name, run in runs.items()]
    write_variants(lake, run_id, _variants(request, {name: run.run_id for name, run in runs.items()}, whole))
    return planned


def _variants(request: TrainingRequest, run_ids: dict[str, str], whole: SplitSizes) -> Variants:
    if not request.learning_curve:
        return Variants(run_ids, request.publish_variant)
    itself = training_name(0, request.recipe.seed)
    return Variants(run_ids, request.publish_variant or itself, whole.train_pairs)


def _recipes(
    request: TrainingRequest, articles: Mapping[str, ArticleSize], train_pairs: int, gpu_count: int
) -> dict[str, TrainingRecipe]:
    if request.learning_curve:
        return curve_recipes(request, articles, gpu_count)
    return recipes_of(request, train_pairs, gpu_count)


def _part(whole: SplitSizes, articles: Mapping[str, ArticleSize], recipe: TrainingRecipe) -> SplitSizes:
    """Return the sizes of what a recipe takes of a version."""
    taken = subset_size(articles, recipe)
    return whole._replace(train_pairs=taken.pairs, train_chars=taken.chars)


def _refuse_missing_base(lake: Lake, recipe: TrainingRecipe) -> None:
    """Refuse a base of the lake that is not there before a machine is paid for; one of the Hub is asked for later."""
    key = lake_base_key(recipe.base_model)
    if key is not None and (fault := lake_base_fault(lake, key)):
        raise BadBaseError(fault)


def _refuse_lake_out_of_reach(lake: Lake, settings: TrainingSettings) -> None:
    if settings.place == "elsewhere" and lake.uri.startswith("file:"):
        raise SettingsError(
            f"OWNVOICE_TRAINER_WHERE is elsewhere, and no other machine reaches the lake {lake.uri}, a folder of this "
            "one. Put the lake on S3 (OWNVOICE_LAKE=s3://bucket/prefix), or train here: OWNVOICE_TRAINER_WHERE=process."
        )


def _refuse_taken_folder(lake: Lake, run_id: str) -> None:
    if lake.read_json(RunKeys(run_id).run) is not None:
        raise SettingsError(f"{run_id} is a refresh, and its files are kept. Give the training a name of its own.")
    for other in read_variants(lake, run_id).run_ids.values():
        if other != run_id and not other.startswith((f"{run_id}/", f"{run_id}.")):
            raise SettingsError(f"{run_id!r} would share its folder with {other!r}. Give it a name of its own.")


def _planned(
    lake: Lake, variant: str, run: TrainingRun, sizes: SplitSizes, settings: TrainingSettings
) -> PlannedTraining:
    hours, mixture = estimated_hours(sizes, run.recipe, settings), run.mixture
    return PlannedTraining(
        variant=variant,
        lake=lake.uri,
        recipe_uri=write_training_run(lake, run),
        dataset_version=run.dataset_version,
        train_pairs=sizes.train_pairs,
        test_pairs=sizes.test_pairs,
        steps=run.recipe.steps(sizes.train_pairs),
        hours=round(hours, 2),
        usd=round(hours * settings.gpu_usd_per_hour, 2),
        rows_by_set=mixture.by_set() if mixture else {},
        rows_by_class=mixture.by_class() if mixture else {},
        left_out=mixture.left_out if mixture else {},
        cautions=[*cautions_about(run.recipe)],
    )


def estimated_hours(sizes: SplitSizes, recipe: TrainingRecipe, settings: TrainingSettings) -> float:
    """Return the estimated hours of one training on a version of such sizes, start-up and merge included.

    Every evaluation reads the test split once, and at most as slowly as a training step: it has no backward pass.
    Several GPUs are taken to share both without loss; start-up and merge stay as long.
    """
    evaluations = math.ceil(recipe.steps(sizes.train_pairs) / recipe.steps_between_evaluations(sizes.train_pairs))
    chars = recipe.epochs * sizes.train_chars + evaluations * sizes.test_chars
    seconds = chars / _CHARS_PER_TOKEN / (settings.expected_tokens_per_s * settings.gpu_count)
    return seconds / 3600 + _AROUND_TRAINING_H


def new_pairs_since_last_training(lake: Lake) -> int:
    """Return the net number of pairs that the versions since the last training added.

    A pair that a retry or an edit writes again is both retired and added, so it is not new. A failed training counts
    as a training: whatever made it fail would fail the next one, at the same cost.
    """
    trained = scan(lake.table("runs"), "version", "kind = 'training' AND version IS NOT NULL")
    last = max((row["version"] for batch in trained for row in batch.to_pylist()), default=-1)
    return sum(max(0, version.added - version.retired) for version in all_versions(lake) if version.number > last)
