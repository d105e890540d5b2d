"""A part of a version takes whole articles, and a smaller part lies in every larger one of the same seed."""

from __future__ import annotations

import pytest

from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.subset import articles_taken, subset_of
from ownvoice.training.version_pairs import Pair

ARTICLES = {f"article-{number}": 1 + number % 7 for number in range(60)}
TRAIN = [
    Pair(f"{article}-{number}", "Ask.", "Yes.", "No.", article)
    for article, count in ARTICLES.items()
    for number in range(count)
]


def recipe(pairs=None, seed=0):
    return TrainingRecipe(subset_pairs=pairs, seed=seed)


@pytest.mark.parametrize("seed", range(5))
def test_each_part_lies_in_the_next_larger_one_and_cuts_no_article(seed):
    smaller = set()
    for wanted in (1, 15, 30, 60, 120, None):
        part = subset_of(TRAIN, recipe(wanted, seed))
        ids = {pair.pair_id for pair in part}
        assert smaller <= ids
        assert len(part) == sum(ARTICLES[name] for name in {pair.article_id for pair in part})
        smaller = ids
    assert part == tuple(TRAIN)


def test_a_part_has_the_fewest_articles_that_reach_its_size():
    taken = articles_taken(ARTICLES, recipe(30))
    count = sum(ARTICLES[name] for name in taken)
    assert 30 <= count < 30 + max(ARTICLES.values())
    assert articles_taken(ARTICLES, recipe(10**6)) == set(ARTICLES)


def test_the_seed_draws_the_articles_and_an_article_more_moves_no_other():
    assert articles_taken(ARTICLES, recipe(60, 0)) != articles_taken(ARTICLES, recipe(60, 1))
    more = articles_taken(ARTICLES | {"new": 1}, recipe(60))
    assert more - {"new"} <= articles_taken(ARTICLES, recipe(60))


def test_a_recipe_without_a_part_keeps_its_id_and_one_with_a_part_has_another():
    assert TrainingRecipe().recipe_id == recipe(None).recipe_id == "cc699a427322"
    assert recipe(30).recipe_id != recipe(None).recipe_id
