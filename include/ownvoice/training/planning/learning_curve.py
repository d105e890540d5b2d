"""The trainings of a learning curve: the same recipe on parts of a version that double, each by several seeds. Pure.

The largest part is the whole version, and each other one half of the next. A seed draws both the order in which its
parts take articles and all that is random in a training; the test split is the same for all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ownvoice.errors import SettingsError
from ownvoice.training.planning.request import TrainingRequest
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.recipe_checks import problems_of
from ownvoice.training.version_pairs import ArticleSize

MAX_SIZES = 5
"""A fifth halving would train on a thirty-second of the pairs and tell little of twice as many."""

_MIN_SIZES = 2


def curve_recipes(
    request: TrainingRequest, articles: Mapping[str, ArticleSize], gpu_count: int = 1
) -> dict[str, TrainingRecipe]:
    """Return the recipe of each training of a curve by name, from the smallest part to the whole version.

    `articles` are those of the train split. Raises `SettingsError` that names every problem.
    """
    if problems := [*_contradictions(request), *problems_of(request.recipe, _pairs(articles), gpu_count=gpu_count)]:
        raise SettingsError("; ".join(problems) + ". Correct the form, or train on a larger version.")
    halvings = _halvings(request.recipe, articles, gpu_count)
    if len(halvings) < _MIN_SIZES:
        raise SettingsError(_too_small(articles))
    recipes = {
        training_name(halving, seed): _part(request.recipe, articles, halving, seed)
        for halving in reversed(halvings)
        for seed in range(request.recipe.seed, request.recipe.seed + request.curve_seeds)
    }
    if request.publish_variant and request.publish_variant not in recipes:
        raise SettingsError(
            f"publish_variant is {request.publish_variant!r}, and the curve has no training of that name. It has: "
            f"{', '.join(recipes)}."
        )
    return recipes


def training_name(halving: int, seed: int) -> str:
    """Return the name of a curve's training: `all-seed0` of the whole version, `1of4-seed0` of a quarter of it."""
    return f"{f'1of{2**halving}' if halving else 'all'}-seed{seed}"


def _contradictions(request: TrainingRequest) -> Iterator[str]:
    if request.variants:
        yield "learning_curve is on and variants are named, which would be one curve each: leave one of them out"
    if request.recipe.subset_pairs is not None:
        yield "learning_curve is on and subset_pairs is set, which the curve sets itself: leave subset_pairs empty"
    if request.recipe.mixture is not None:
        yield "learning_curve is on and mixture is set, and a curve is of the author's own pairs: leave one of them out"


def _halvings(recipe: TrainingRecipe, articles: Mapping[str, ArticleSize], gpu_count: int) -> list[int]:
    """Return how often the version can be halved until no recipe works, or one article is more than the part."""
    largest_article = max(one.pairs for one in articles.values())
    found = [0]
    for halving in range(1, MAX_SIZES):
        pairs = _pairs(articles) >> halving
        if pairs < largest_article or list(problems_of(recipe, pairs, gpu_count=gpu_count)):
            break
        found.append(halving)
    return found


def _part(recipe: TrainingRecipe, articles: Mapping[str, ArticleSize], halving: int, seed: int) -> TrainingRecipe:
    return recipe.model_copy(update={"seed": seed, "subset_pairs": _pairs(articles) >> halving if halving else None})


def _pairs(articles: Mapping[str, ArticleSize]) -> int:
    return sum(one.pairs for one in articles.values())


def _too_small(articles: Mapping[str, ArticleSize]) -> str:
    largest = max(one.pairs for one in articles.values())
    return (
        f"{_pairs(articles)} train pairs from {len(articles)} articles, of which one has {largest}, make no learning "
        f"curve: half of them are too few for this recipe, or less than one article. Lower accumulation_steps, "
        "batch_pairs or warmup_steps, or train on a larger version."
    )
