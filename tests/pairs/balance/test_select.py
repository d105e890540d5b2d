"""The choice of the pairs that train: planted shortcuts are removed or named, whatever the order of the pairs."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ownvoice.pairs.balance.select import BOUND, Candidates, choose
from ownvoice.pairs.balance.tells import tells
from ownvoice.pairs.balance.texts import Texts
from ownvoice.pairs.cues import MIN_ARTICLES, MIN_PAIRS, told_apart_by_length, told_apart_by_punctuation

WORDS = ("the", "a", "ledger", "morning", "of", "pager", "we", "you", "to", "see", "that", "night", "call", "boat")


def text(rng, mean_words):
    """A text of some sentences, with commas and question marks here and there."""
    count = max(4, round(rng.lognormvariate(np.log(mean_words), 0.5)))
    words = [rng.choice(WORDS) + ("," if rng.random() < 0.1 else "") for _ in range(count)]
    return " ".join(words) + rng.choice("...?")


def pairs(seed=0, count=160, articles=12, chosen_words=30, rejected_words=30):
    """Pairs of an article each; where both sides have as many words, nothing tells them apart."""
    rng = random.Random(seed)
    return [
        (f"article {rng.randrange(articles)}", text(rng, chosen_words), text(rng, rejected_words)) for _ in range(count)
    ]


def candidates(found):
    articles = np.array([article for article, *_ in found], object)
    return Candidates(articles, Texts.of(side for _, *sides in found for side in sides))


def planted(change, **fields):
    return [change(*pair) for pair in pairs(**fields)]


def kept_of(found, choice):
    return [
        {"article_id": article, "chosen": chosen, "rejected": rejected}
        for place, (article, chosen, rejected) in enumerate(found)
        if place not in choice.left_out
    ]


def test_pairs_that_nothing_tells_apart_are_all_kept():
    choice = choose(candidates(pairs()))
    assert max(choice.before.values()) <= BOUND
    assert not choice.left_out
    assert not choice.nearest


@settings(max_examples=4, deadline=None)
@given(st.integers(0, 99), st.sampled_from([(22, 30), (30, 22), (30, 42), (30, 100)]))
def test_a_side_that_is_longer_is_balanced_or_named_and_enough_pairs_stay(seed, lengths):
    chosen_words, rejected_words = lengths
    found = pairs(seed, chosen_words=chosen_words, rejected_words=rejected_words)
    choice = choose(candidates(found))
    kept = kept_of(found, choice)
    assert len(kept) >= MIN_PAIRS
    assert len({row["article_id"] for row in kept}) >= MIN_ARTICLES
    for cue, value in choice.after.items():
        assert value <= BOUND or cue in choice.nearest
    if "length" not in choice.nearest:
        assert told_apart_by_length(kept).value <= BOUND
    assert choose(candidates(found)) == choice, "the same pairs give the same choice"


@pytest.mark.parametrize(("chosen_words", "rejected_words"), [(20, 30), (30, 20)])
def test_a_planted_length_is_removed_whichever_side_is_longer(chosen_words, rejected_words):
    found = pairs(count=240, chosen_words=chosen_words, rejected_words=rejected_words)
    choice = choose(candidates(found))
    assert choice.before["length"] > 0.65
    assert choice.after["length"] <= BOUND
    assert 0 < len(choice.left_out) < 200
    assert set(choice.left_out.values()) >= {"length"}
    assert choice.nearest == {}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (
            lambda article, chosen, rejected: (article, chosen, rejected[:-1] + "!"),
            "“!” ends 0% of the chosen and 100%",
        ),
        (lambda article, chosen, rejected: (article, "— " + chosen, rejected), "“—” begins 100% of the chosen and 0%"),
        (lambda article, chosen, rejected: (article, chosen, "🚀 " + rejected), "another mark begins 0% of the chosen"),
        (lambda article, chosen, rejected: (article, chosen, rejected[:-1]), "“.” ends"),
        (lambda article, chosen, rejected: (article, chosen, f"“{rejected}”"), "“”” ends 0% of the chosen and 100%"),
    ],
    ids=["exclamation marks", "a dash first", "an emoji", "no full stop", "quotation marks"],
)
def test_a_mark_that_one_side_always_has_cannot_be_removed_and_is_named(change, named):
    found = candidates(planted(change, count=80))
    choice = choose(found)
    assert choice.before["punctuation"] > 0.9
    assert not choice.left_out
    assert choice.nearest["punctuation"].value > BOUND
    assert any(sentence.startswith(named) for sentence in tells(found.texts, "punctuation"))


def test_a_mark_that_one_side_mostly_has_is_removed():
    found = [
        (article, chosen, rejected[:-1] + "!" if place % 2 else rejected)
        for place, (article, chosen, rejected) in enumerate(pairs(count=240))
    ]
    choice = choose(candidates(found))
    assert choice.before["punctuation"] > 0.65
    assert max(choice.after.values()) <= BOUND
    assert told_apart_by_punctuation(kept_of(found, choice)).value < 0.65  # other folds: the error of an AUC


def test_answers_that_are_longer_than_their_own_partners_alone_are_found():
    grown = planted(lambda article, chosen, rejected: (article, chosen, chosen[:-1] + " and so on and so it is."))
    choice = choose(candidates(grown))
    assert choice.before["length"] > 0.8
    assert choice.after["length"] <= BOUND or "length" in choice.nearest


def test_a_side_of_one_length_is_found_though_neither_side_is_longer():
    same = " ".join(WORDS * 2) + "."
    choice = choose(candidates(planted(lambda article, chosen, rejected: (article, chosen, same))))
    assert choice.before["length"] > 0.8


def test_length_is_balanced_beside_a_mark_that_cannot_be():
    found = planted(
        lambda article, chosen, rejected: (article, chosen, rejected[:-1] + "!"), count=240, rejected_words=45
    )
    choice = choose(candidates(found))
    assert choice.before["length"] > BOUND >= choice.after["length"]
    assert set(choice.nearest) == {"punctuation"}
    assert 0 < len(choice.left_out) <= 120, "at most half of the pairs go beside a shortcut that stays"


@pytest.mark.parametrize(("count", "articles"), [(MIN_PAIRS - 1, 12), (100, MIN_ARTICLES - 1), (0, 1)])
def test_too_few_pairs_or_articles_are_not_judged(count, articles):
    assert choose(candidates(pairs(count=count, articles=articles))) is None


@pytest.mark.parametrize(("chosen", "rejected"), [("", ""), ("word", "word"), ("...", "..."), ("字。", "字。")])
def test_texts_without_words_or_with_the_same_ones_are_a_coin(chosen, rejected):
    choice = choose(candidates([(f"article {place % 6}", chosen, rejected) for place in range(60)]))
    assert choice.left_out == {}
    assert set(choice.after.values()) == {0.5}
