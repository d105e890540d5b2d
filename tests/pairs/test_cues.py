"""Can a cheap cue tell chosen from rejected? Rows are made so that the answer is known by hand."""

from __future__ import annotations

import random

import pytest

from ownvoice.pairs.cues import (
    MAX_PAIRS,
    MIN_ARTICLES,
    MIN_PAIRS,
    told_apart_by_length,
    told_apart_by_punctuation,
    told_apart_by_words,
)

WORDS = [f"word{number}" for number in range(40)]
CUES = (told_apart_by_length, told_apart_by_punctuation, told_apart_by_words)


def pairs_of(make_chosen, make_rejected, count=200, articles=20):
    """Rows of `count` pairs in `articles` articles; each side is made from the same shuffled words, by its rule."""
    dice = random.Random(7)

    def answer(make):
        return make(dice.choices(WORDS, k=12), dice)

    return [
        {"article_id": f"a{n % articles}", "chosen": answer(make_chosen), "rejected": answer(make_rejected)}
        for n in range(count)
    ]


def plain(words, dice):
    return " ".join(words[: dice.randint(6, 12)]) + dice.choice(".!?")


def longer(words, dice):
    return plain(words, dice) + " " + " ".join(WORDS[dice.randrange(40)] for _ in range(20)) + "."


def stock_phrase(words, dice):
    return "delve " + plain(words, dice)


def dashed(words, dice):
    return plain(words, dice).replace(" ", " — ", 1)


@pytest.mark.parametrize("cue", CUES)
def test_sides_made_by_one_rule_are_a_coin(cue):
    audit = cue(pairs_of(plain, plain))
    assert 0.4 < audit.numbers["auc"] < 0.6
    assert (audit.verdict, audit.advice) == ("pass", "")


@pytest.mark.parametrize(
    ("cue", "rejected"), [(told_apart_by_words, stock_phrase), (told_apart_by_punctuation, dashed)]
)
def test_one_mark_or_phrase_that_is_always_there_is_told_apart_at_sight(cue, rejected):
    audit = cue(pairs_of(plain, rejected))
    assert audit.numbers["auc"] > 0.99
    assert audit.verdict == "warn"


def test_sides_of_lengths_that_never_meet_have_an_auc_of_exactly_one_either_way():
    for rows in (pairs_of(plain, longer), pairs_of(longer, plain)):
        assert told_apart_by_length(rows).numbers["auc"] == 1.0
    assert told_apart_by_length(pairs_of(plain, longer)).advice.startswith("Chosen answers are the shorter ones")


def test_the_auc_of_length_is_the_share_of_couples_in_the_right_order():
    lengths = [(3, 1), (2, 2), (1, 4)] * 20  # chosen, rejected
    rows = [
        {"article_id": f"a{n}", "chosen": "x" * chosen, "rejected": "x" * rejected}
        for n, (chosen, rejected) in enumerate(lengths)
    ]
    # Of the couples (3, 2, 1) x (1, 2, 4): 3>1, 3>2, 2>1 are right, 2=2 and 1=1 half right: 4/9, or 5/9 turned round.
    assert told_apart_by_length(rows).numbers["auc"] == pytest.approx(5 / 9, abs=1e-4)


def test_words_that_only_name_the_article_do_not_help_across_articles():
    """Were articles not held apart, a classifier could learn each by heart and seem to tell the sides apart."""
    dice = random.Random(3)
    rows = []
    for n in range(200):
        article = n % 20
        sides = [f"topic{article}side{side} {dice.choice(WORDS)}" for side in range(2)]
        rows.append({"article_id": f"a{article}", "chosen": sides[0], "rejected": sides[1]})
    assert told_apart_by_words(rows).numbers["auc"] < 0.65


@pytest.mark.parametrize("cue", CUES)
def test_the_same_rows_give_the_same_number(cue):
    rows = pairs_of(plain, longer)
    assert cue(rows) == cue(rows)


@pytest.mark.parametrize("cue", CUES)
@pytest.mark.parametrize(("count", "articles"), [(MIN_PAIRS - 1, 20), (200, MIN_ARTICLES - 1)])
def test_too_few_pairs_or_articles_are_not_judged(cue, count, articles):
    audit = cue(pairs_of(plain, longer, count, articles))
    assert (audit.verdict, audit.numbers["auc"]) == ("pass", None)
    assert audit.sentence.startswith("Not judged")


def test_no_more_pairs_are_fitted_than_an_auc_needs():
    assert told_apart_by_length(pairs_of(plain, plain, MAX_PAIRS + 100)).numbers["pairs"] == MAX_PAIRS


def test_the_words_that_tell_are_named_with_counts_for_both_sides():
    audit = told_apart_by_words(pairs_of(stock_phrase, plain, count=120))
    (word,) = [one for one in audit.numbers["words"]["chosen"] if one["word"] == "delve"]
    assert word == {"word": "delve", "chosen": 120, "rejected": 0}
    assert "Chosen answers over-use “delve” 0:120" in audit.sentence
