"""The mixtures of a plan: what each recipe draws, how much a pass over it reads, and the list that its run gets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ownvoice.storage.conditions import SELECTED
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.versions import DatasetVersion
from ownvoice.training.mixture.draw import Drawn, draw
from ownvoice.training.mixture.listing import write_listing
from ownvoice.training.mixture.used import MixtureUsed, parts_of
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.subset import articles_taken
from ownvoice.training.version_pairs import SplitSizes


class Mixing:
    """Draws the mixtures of recipes with one dataset version; equal ones once."""

    def __init__(self, lake: Lake, version: DatasetVersion, evaluation_sets: Sequence[str]) -> None:
        self._lake, self._version, self._evaluation_sets = lake, version, evaluation_sets
        self._drawn: dict[str, Drawn] = {}

    def of(self, recipe: TrainingRecipe) -> Drawn | None:
        """Return what a recipe draws; None where it has no mixture. Raises what `draw` raises."""
        if recipe.mixture is None:
            return None
        takes_turns = recipe.prompt_template == "chat"
        key = repr((recipe.mixture, recipe.seed, recipe.subset_pairs, recipe.learns_from_single_answers, takes_turns))
        if key not in self._drawn:
            self._drawn[key] = draw(
                self._lake,
                self._version,
                self._own_ids(recipe),
                recipe.mixture,
                recipe.seed,
                self._evaluation_sets,
                takes_lone=recipe.learns_from_single_answers,
                takes_turns=takes_turns,
            )
        return self._drawn[key]

    def _own_ids(self, recipe: TrainingRecipe) -> list[str]:
        """Return the ids of the train pairs in the part of the version that the recipe takes."""
        table = self._lake.table("pairs", self._version.number)
        batches = scan(table, "pair_id, article_id", f"split = 'train' AND {SELECTED}")
        articles = {row["pair_id"]: row["article_id"] for batch in batches for row in batch.to_pylist()}
        taken = articles_taken(Counter(articles.values()), recipe)
        return [pair_id for pair_id, article_id in articles.items() if article_id in taken]

    def sizes(self, own: SplitSizes, recipe: TrainingRecipe) -> SplitSizes:
        """Return the sizes of what a recipe trains on, of whose own pairs `own` are the sizes.

        Where it learns from single answers, these are counted in the place of pairs.
        """
        drawn, answers = self.of(recipe), 2 if recipe.learns_from_single_answers else 1
        pairs, lone, chars = own.train_pairs, 0, own.train_chars
        if drawn:
            pairs, lone = drawn.own + drawn.pairs, drawn.lone
            chars = chars * drawn.own // own.train_pairs + drawn.chars
        return own._replace(train_pairs=answers * pairs + lone, train_chars=chars, test_pairs=answers * own.test_pairs)

    def write(self, key: str, recipe: TrainingRecipe) -> MixtureUsed | None:
        """Write the list of a run under `key`; return what its recipe file says of it."""
        drawn = self.of(recipe)
        if drawn is None:
            return None
        return MixtureUsed(
            digest=write_listing(self._lake, key, drawn.rows),
            table_version=drawn.table_version,
            parts=parts_of(drawn.rows),
            left_out=drawn.left_out,
        )
