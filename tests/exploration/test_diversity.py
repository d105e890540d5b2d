"""Diversity: the Vendi score of its paper, and versions beside each other at equal numbers of pairs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from ownvoice.exploration.diversity import TEXTS, PairTexts, compared, distinct_2, vendi_score
from stand_ins.topic_lake import MATTERS, text_on


def pairs(version: int, texts: list[str], topics: int = 1) -> PairTexts:
    return PairTexts(version, len(texts), dict.fromkeys(TEXTS, texts), [place % topics for place in range(len(texts))])


@pytest.mark.parametrize(
    ("rows", "score"),
    [
        (np.ones((5, 1)), 1.0),
        (np.eye(5), 5.0),
        (np.vstack([np.eye(3), np.eye(3)]), 3.0),
        (np.zeros((4, 1)), 4.0),
    ],
)
def test_the_score_counts_texts_that_have_nothing_in_common(rows, score):
    assert vendi_score(csr_matrix(rows)) == pytest.approx(score)


def test_the_score_of_two_texts_is_that_of_the_paper():
    """Two texts with similarity s have the eigenvalues (1 + s) / 2 and (1 - s) / 2."""
    s = 0.6
    expected = np.exp(-sum(share * np.log(share) for share in ((1 + s) / 2, (1 - s) / 2)))
    assert vendi_score(csr_matrix([[1, 0], [s, np.sqrt(1 - s * s)]])) == pytest.approx(expected)


def test_distinct_2_is_the_share_of_neighbours_that_come_once():
    assert distinct_2([["a", "b", "a", "b"]]) == pytest.approx(2 / 3)
    assert distinct_2([["a"], []]) is None


def test_both_versions_are_drawn_from_equally_often():
    various = [text_on(matter, number) for number in range(20) for matter in MATTERS]
    alike = [text_on("bread", number % 3) for number in range(30)]
    found = compared(pairs(2, alike), pairs(1, various), 1)
    assert found.n == 15, "half of the smaller version"
    assert found.now.version == 2 and found.earlier.version == 1
    for now, earlier in zip(found.now.texts, found.earlier.texts, strict=True):
        assert now.vendi.high < earlier.vendi.low
        assert now.vendi.low <= now.vendi.mean <= now.vendi.high <= found.n


def test_few_draws_meet_few_of_many_topics():
    texts = [text_on("bread", number) for number in range(40)]
    assert compared(pairs(1, texts, topics=1), None, 1).now.topics_met.mean == 1
    assert compared(pairs(1, texts, topics=40), None, 40).now.topics_met.mean == 0.5


def test_too_few_pairs_are_not_measured_and_an_earlier_version_of_few_is_left_out():
    few, enough = pairs(1, ["bread oven"] * 3), pairs(2, ["bread oven"] * 4)
    assert compared(few, None, 1) is None
    assert compared(enough, few, 1).earlier is None


def test_pairs_without_a_word_are_measured():
    found = compared(pairs(1, ["12"] * 8), None, 1)
    assert found.now.texts[0].distinct_2 is None
