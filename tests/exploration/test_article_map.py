"""The map: a place inside the square for any number of articles, the same each time."""

from __future__ import annotations

import numpy as np
import pytest

from ownvoice.exploration.article_map import places_of
from ownvoice.exploration.topics import find_topics
from stand_ins.topic_lake import MATTERS, text_on

TEXTS = [text_on(matter, number) for number in range(8) for matter in MATTERS]


def rows_of(texts):
    return find_topics(texts).rows_of(texts)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 10, 32])
def test_each_article_has_a_place_in_the_square_and_keeps_it(count):
    rows = rows_of(TEXTS[:count])
    places = places_of(rows)
    assert places.shape == (count, 2)
    assert ((places >= 0) & (places <= 1)).all()
    assert (places == places_of(rows)).all()


def test_articles_of_one_matter_are_nearer_to_each_other_than_to_others():
    places = places_of(rows_of(TEXTS))
    centres = np.array([places[start :: len(MATTERS)].mean(axis=0) for start in range(len(MATTERS))])
    for place, at in enumerate(places):
        assert np.linalg.norm(centres - at, axis=1).argmin() == place % len(MATTERS)


def test_different_articles_have_different_places():
    texts = [text_on(matter, number) for number in range(20) for matter in MATTERS]
    places = places_of(rows_of(texts))
    assert len({tuple(place) for place in places.tolist()}) > 0.9 * len(texts)


def test_copies_of_one_article_are_drawn():
    for count in (2, 12):
        assert np.isfinite(places_of(rows_of([TEXTS[0]] * count))).all()


def test_articles_that_share_one_word_alone_are_drawn():
    assert places_of(rows_of(["bread", "bread", "bread"])).tolist() == [[0.5, 0.5]] * 3
