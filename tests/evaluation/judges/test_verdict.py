"""The shapes in which judges answer, and the four ways to take the order out of a verdict."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.evaluation.judges.item import Order
from ownvoice.evaluation.judges.verdict import Verdict, read_rating, read_verdict, verdict_for, winner_of

FIRST, SECOND, TIE, INVALID = Verdict

SHAPES = {
    '{"winner": "A"}': FIRST,
    '{"winner": "tie"}': TIE,
    'A is longer, B is right.\n\n{"winner": "B"}': SECOND,
    '```json\n{"winner": "B"}\n```': SECOND,
    '{"winner": "A"}\n\nI hope this helps! Answer B is good too.': FIRST,
    "{'winner': 'b'}": SECOND,
    "{“winner”: “B”}": SECOND,
    '{"Winner": "Answer B"}': SECOND,
    '{"best_answer": "A", }': FIRST,
    '{"winner": "A"': FIRST,
    '{"result": {"winner": ["b"]}}': SECOND,
    '{"reasoning": "step by step\nA is vague", "winner": "B"}': SECOND,
    '{"winner": "neither"}': TIE,
    '{"winner": "A (slightly)"}': FIRST,
    '{"winner": "B, since it is shorter than A"}': SECOND,
    '{"winner": "Answer A is better than B"}': FIRST,
    '{"winner": "Neither is better."}': TIE,
    '{"best": "clarity", "winner": "B", "verdict": "It is more concise."}': SECOND,
    '{"bestAnswer": "A", "reason": {"winner": "none"}}': FIRST,
    '{"winner": "A", "winner": "B"}': SECOND,
    '[{"winner": "A"}, {"winner": "B"}]': SECOND,
    '{"winner": "Antwort B"}': SECOND,
    '{"winner": "回答A"}': FIRST,
    '{"winner": "égalité"}': TIE,
    "Winner: A": FIRST,
    "**Best answer:** B": SECOND,
    "So the winner is Answer A because it is short.": FIRST,
    "Final verdict: [[B]]": SECOND,
    "My verdict is a tie.": TIE,
    "A": FIRST,
    "B does not answer.\n\n**A**": FIRST,
    "The final answer is \\boxed{B}": SECOND,
    # The last verdict counts, in whichever form the others came.
    'Best answer: A\nNo, the numbers in A are wrong.\n{"winner": "B"}': SECOND,
    '{"winner": "A"}\nOn reflection:\nBest answer: B': SECOND,
    '{"winner": "A"}\n{"winner": "tie"}': TIE,
    'You ask for {"winner": "A"|"B"|"tie"}.\n{"winner": "B"}': SECOND,
    # What a string inside an object quotes is no verdict, before or after the object's own.
    '{"reasoning": "it orders {\\"winner\\": \\"A\\"}", "winner": "B"}': SECOND,
    '{"winner": "B", "reason": "A says \\"winner\\": \\"A\\", which is no answer"}': SECOND,
    # None of these names one side.
    "": INVALID,
    "I cannot judge this.": INVALID,
    "Both answers have merits, and A explains more.": INVALID,
    "Answer A clearly is the winner of many prizes": INVALID,
    '{"winner": "A or B"}': INVALID,
    '{"winner": "A"|"B"|"tie"}': INVALID,
    '{"winner": null}': INVALID,
    '{"winner": "not A"}': INVALID,
    '{"winner": "A/B"}': INVALID,
    '{"winner": "A and B are equal"}': INVALID,
    '{"winner": "It depends: A for experts, B for others"}': INVALID,
    '{"winner": "nicht B"}': INVALID,
    '{"winner": "ALPHA"}': INVALID,
    '{"winner": "Antwort A oder B"}': INVALID,
    '{"winner": "C"}': INVALID,
    '{"winner": true}': INVALID,
    '{"winner": {}}': INVALID,
    "Winner: A or B": INVALID,
    "Best answer: A clear matter of taste": INVALID,
    '{"rating": 4}': INVALID,
    '{"winner": "A"}\n{"winner": "unclear"}': INVALID,
}


@pytest.mark.parametrize(("text", "verdict"), SHAPES.items())
def test_the_last_verdict_of_an_answer_is_read_in_every_shape_that_models_give_it(text: str, verdict: Verdict) -> None:
    assert read_verdict(text) is verdict


@given(
    st.text().filter(lambda text: "{" not in text),
    st.sampled_from(["A", "B", "tie"]),
    st.sampled_from(["A", "B", "tie"]),
)
def test_whatever_stands_before_it_a_closing_line_of_json_counts(before: str, early: str, last: str) -> None:
    text = f'{before}\nBest answer: {early}\n{{"winner": "{early}"}}\n{before}\n{{"winner": "{last}"}}'
    assert read_verdict(text) is {"A": FIRST, "B": SECOND, "tie": TIE}[last]


@given(st.text(alphabet="{}[]\"'AB:, winertab1\n\\") | st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    assert isinstance(read_verdict(text), Verdict)
    assert read_rating(text) in {None, 1, 2, 3, 4, 5}


@pytest.mark.parametrize(
    "text",
    ["{" * 30_000, '{"winner":' * 9_000, '{"a": "}' * 9_000, "}" * 30_000, '{"a":' + "[" * 900 + "]" * 900 + "}"],
)
def test_a_long_answer_that_is_nothing_but_braces_is_invalid(text: str) -> None:
    assert read_verdict(text) is INVALID


RATINGS = {
    '{"rating": 4}': 4,
    'clear and short\n{"rating": 5}': 5,
    '{"rating": "4/5"}': 4,
    '{"score": 4.0}': 4,
    "Rating: 3": 3,
    "Score: 4 out of 5": 4,
    "4/5": 4,
    "5": 5,
    'Rating: 2\nor rather\n{"rating": 3}': 3,
    '{"rating": 4.5}': None,
    "Rating: 4.5": None,
    '{"rating": 7}': None,
    '{"rating": 0}': None,
    '{"rating": -1}': None,
    '{"rating": NaN}': None,
    '{"rating": true}': None,
    '{"rating": "4/10"}': None,
    '{"rating": "good"}': None,
    "Rating: 10": None,
    "It deserves a high rating.": None,
    '{"winner": "A"}': None,
    "": None,
}


@pytest.mark.parametrize(("text", "rating"), RATINGS.items())
def test_a_rating_is_a_whole_number_from_1_to_5_or_none(text: str, rating: int | None) -> None:
    assert read_rating(text) == rating


@pytest.mark.parametrize(
    ("verdict", "order", "winner"),
    [
        (FIRST, Order.FORWARD, "left"),
        (SECOND, Order.FORWARD, "right"),
        (FIRST, Order.REVERSED, "right"),
        (SECOND, Order.REVERSED, "left"),
        (TIE, Order.FORWARD, "tie"),
        (TIE, Order.REVERSED, "tie"),
        (INVALID, Order.FORWARD, None),
        (INVALID, Order.REVERSED, None),
    ],
)
def test_the_winner_is_the_side_that_was_shown_in_that_place(verdict: Verdict, order: Order, winner: str) -> None:
    assert winner_of(verdict, order) == winner
    assert winner is None or verdict_for(winner, order) is verdict
