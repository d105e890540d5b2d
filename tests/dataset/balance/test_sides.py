"""Pairs by side of the split: the order in which rows come decides nothing."""

from __future__ import annotations

import datetime as dt
import random

from ownvoice.dataset.balance.sides import selection_of, sides_of

DAY = dt.date(2026, 2, 1)


def rows(count=120):
    dice = random.Random(3)
    for number in range(count):
        chosen, rejected = (
            " ".join(["word"] * dice.randrange(10, most)) + "." for most in (30, 40 if number % 3 else 30)
        )
        yield {
            "pair_id": f"{number * 7919 % 1009:04}",
            "article_id": f"article {number % 9}",
            "split": "test" if number % 9 == 0 else "train",
            "chosen": chosen,
            "rejected": rejected,
            "selected": None,
            "selected_reason": None,
            "refresh_date": DAY,
        }


def selected(standing, added):
    sides = sides_of(standing, added)
    choices = {split: side.choose() for split, side in sides.items()}
    left_out = {
        sides[split].held[place].pair_id: cue
        for split, choice in choices.items()
        for place, cue in (choice.left_out.items() if choice else ())
    }
    return left_out, selection_of(sides, choices)


def test_shuffled_rows_and_rows_of_several_nights_give_the_same_selection():
    found = list(rows())
    expected = selected(found, [])
    assert expected[0]
    shuffled = random.Random(1).sample(found, len(found))
    assert selected(shuffled, []) == selected(shuffled[:50], shuffled[50:]) == selected([], shuffled) == expected


def test_each_side_is_judged_by_itself_and_a_small_one_is_not():
    _, found = selected(rows(), [])
    of_side = {(one.split, one.cue): one for one in found.cues}
    assert of_side["test", "length"].before is None
    assert of_side["train", "length"].before is not None
    assert of_side["train", "length"].pairs + of_side["test", "length"].pairs == 120
