"""The part of a version's train pairs that a recipe takes: whole articles, a smaller part inside a larger one. Pure.

The order of the articles is drawn by the recipe's seed from their ids alone, so an article that a later version adds
moves no other. Of near-duplicates one article alone has pairs in a version, so no text stands both inside and outside.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence

from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.version_pairs import ArticleSize, Pair


def articles_taken(pairs: Mapping[str, int], recipe: TrainingRecipe) -> frozenset[str]:
    """Return the ids of the fewest first articles with `subset_pairs` pairs between them; all, where it is None.

    `pairs` counts those of each article by its id.
    """
    wanted, taken, count = recipe.subset_pairs, set[str](), 0
    for article_id in sorted(pairs, key=lambda one: hashlib.sha256(f"{recipe.seed}\0{one}".encode()).digest()):
        if wanted is not None and count >= wanted:
            break
        taken.add(article_id)
        count += pairs[article_id]
    return frozenset(taken)


def subset_of(train: Sequence[Pair], recipe: TrainingRecipe) -> tuple[Pair, ...]:
    """Return the train pairs that the recipe takes, in their order."""
    taken = articles_taken(Counter(pair.article_id for pair in train), recipe)
    return tuple(pair for pair in train if pair.article_id in taken)


def subset_size(articles: Mapping[str, ArticleSize], recipe: TrainingRecipe) -> ArticleSize:
    """Return how many pairs and characters the recipe takes of the train pairs of these articles."""
    taken = articles_taken({name: size.pairs for name, size in articles.items()}, recipe)
    return ArticleSize(sum(articles[name].pairs for name in taken), sum(articles[name].chars for name in taken))
