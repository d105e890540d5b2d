"""What comes next: topics without enough pairs, with what a person can do about each."""

from __future__ import annotations

from typing import Any

from ownvoice.exploration.explored import Topic
from ownvoice.exploration.next_to_generate import REASONS, Reason, next_to_generate


def topic(number: int, **counts: Any) -> Topic:
    given = {"train_articles": 4, "train_pairs": 40, "requests": 20, "kept": 40}
    return Topic(number=number, terms=("bread",), **given | counts)


def test_what_is_missing_in_train_comes_first_then_no_pairs_then_few():
    found = next_to_generate(
        [
            topic(1),
            topic(2, train_pairs=4),
            topic(3, train_pairs=0, kept=0),
            topic(4, train_pairs=0, test_articles=1, test_pairs=3),
        ]
    )
    assert [(one.topic.number, one.reason) for one in found] == [
        (4, Reason.NOT_IN_TRAIN),
        (3, Reason.NO_PAIRS),
        (2, Reason.FEW_PAIRS),
    ]
    assert {*REASONS} == {*Reason}


def test_waiting_chunks_are_told_with_what_they_would_give_and_the_most_comes_first():
    found = next_to_generate(
        [topic(1), topic(2, train_pairs=1, waiting=1), topic(3, train_pairs=1, waiting=5), topic(4, train_pairs=1)]
    )
    assert [one.topic.number for one in found] == [3, 2, 4]
    assert found[0].expected == 10
    assert "5 waiting chunks" in found[0].advice and "about 10 pairs" in found[0].advice
    assert "1 waiting chunk," in found[1].advice
    assert "further articles" in found[2].advice


def test_where_nothing_was_asked_no_number_is_promised():
    (only,) = next_to_generate([topic(1, train_pairs=0, requests=0, kept=0, waiting=3)])
    assert only.expected is None
    assert only.advice == "`ownvoice refresh` asks about its 3 waiting chunks"


def test_dead_chunks_are_asked_again_by_a_retry():
    (only,) = next_to_generate([topic(1, train_pairs=0, dead=2)])
    assert "`ownvoice retry`" in only.advice


def test_equal_topics_and_no_topics_need_nothing():
    assert next_to_generate([topic(1), topic(2)]) == next_to_generate([]) == []
