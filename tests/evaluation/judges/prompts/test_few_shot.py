"""The examples that a judge is shown teach it no place, length or manner of writing."""

from __future__ import annotations

from collections import Counter

from ownvoice.evaluation.judges.prompts.few_shot import EXAMPLES, Example
from ownvoice.evaluation.judges.verdict import Verdict, read_verdict

DECIDED = [one for one in EXAMPLES if one.winner != "tie"]


def winner_is_shorter(example: Example) -> bool:
    return (len(example.a) < len(example.b)) == (example.winner == "A")


def manner_of_winner(example: Example) -> str:
    return example.manners["AB".index(example.winner)]


def test_a_and_b_win_equally_often():
    assert len(set(Counter(one.winner for one in DECIDED).values())) == 1


def test_the_shorter_answer_wins_half_of_the_examples_in_each_place():
    assert set(Counter((one.winner, winner_is_shorter(one)) for one in DECIDED).values()) == {1}


def test_each_manner_of_writing_wins_equally_often():
    assert len(set(Counter(manner_of_winner(one) for one in DECIDED).values())) == 1
    assert all(set(one.manners) == {"prose", "list"} for one in DECIDED)


def test_a_list_is_one_and_prose_is_none():
    for example in EXAMPLES:
        for text, manner in zip((example.a, example.b), example.manners, strict=True):
            assert ("\n" in text) == (manner == "list")


def test_the_reason_comes_before_the_verdict_and_gives_none_itself():
    assert all(read_verdict(one.reason) is Verdict.INVALID for one in EXAMPLES)
