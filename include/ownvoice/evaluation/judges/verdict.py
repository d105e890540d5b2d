"""Reading what a judge answered: the last verdict of an answer counts, whatever it said on the way. Pure.

A judge reasons first, and its reasoning may weigh one side, quote an answer that asks for a verdict, or show the form
that it was asked for. So a verdict is a JSON object or a line of its own, and of several the last one counts.
"""

from __future__ import annotations

import re
from enum import StrEnum

from ownvoice.evaluation.judges.item import Order, Winner
from ownvoice.evaluation.judges.last_value import last_value


class Verdict(StrEnum):
    """What one answer of a judge says of the two texts as it was shown them."""

    FIRST = "first"
    SECOND = "second"
    TIE = "tie"
    INVALID = "invalid"


RATINGS = range(1, 6)
"""The ratings of an absolute judge."""

_VERDICT_NAMES = "winner|verdict|best|best answer|better|better answer|preferred answer|preferred|choice|final answer"
_RATING_NAMES = "rating|score|grade|overall|overall rating|overall score|final rating|final score"

_SIDE = re.compile(r"(?:the )?(?:(?:best )?(?:answer|response|text|option|assistant)[ _-]?)?(a|b|1|2)")
_NAMED = {"a": Verdict.FIRST, "1": Verdict.FIRST, "b": Verdict.SECOND, "2": Verdict.SECOND}
_OTHER_WORDS = {
    **dict.fromkeys(("first", "the first", "first answer"), Verdict.FIRST),
    **dict.fromkeys(("second", "the second", "second answer"), Verdict.SECOND),
    **dict.fromkeys(("tie", "a tie", "tied", "draw", "equal", "both", "neither", "none", "same"), Verdict.TIE),
    **dict.fromkeys(("unentschieden", "gleichstand", "égalité", "empate", "平局", "引き分け"), Verdict.TIE),
}
_SIDE_IN_ANOTHER_LANGUAGE = re.compile(  # "Antwort B", "回答A"
    r"(?!(?:not|no|nor|neither|non|nicht|pas|ni)\b)[^\W\d_]+(?:[ _-]|(?<=[^\x00-\x7f]))(?P<side>[AB])"
)
_RATING = re.compile(r"([1-5])(?:\.0+)?(?: ?(?:/|out of|of) ?5)?")
_EXPLAINED = re.compile(r"[.,;:(–—]| - | (?:is|because|since) ")  # "A (slightly)", "B, since it is shorter"
_DECORATION = " \t\r\n*_`'\"“”‘’.,;:!()[]"


def read_verdict(text: str) -> Verdict:
    """Return the last verdict of an answer; `INVALID` where there is none or it names no side."""
    value = last_value(text, _VERDICT_NAMES)
    return Verdict.INVALID if value is None else _verdict_named(value)


def read_rating(text: str) -> int | None:
    """Return the last rating of an answer, 1 to 5; None where there is none, or none of these numbers."""
    value = last_value(text, _RATING_NAMES)
    found = _RATING.fullmatch(value.strip(_DECORATION)) if value is not None else None
    return int(found[1]) if found else None


def winner_of(verdict: Verdict, order: Order) -> Winner | None:
    """Return the side that a verdict means in the order that was shown; None where it is invalid."""
    if verdict is Verdict.INVALID:
        return None
    if verdict is Verdict.TIE:
        return "tie"
    return "left" if (verdict is Verdict.FIRST) == (order is Order.FORWARD) else "right"


def verdict_for(winner: Winner, order: Order) -> Verdict:
    """Return the verdict that means `winner` in the order that was shown: the way back from `winner_of`."""
    if winner == "tie":
        return Verdict.TIE
    return Verdict.FIRST if (winner == "left") == (order is Order.FORWARD) else Verdict.SECOND


def _verdict_named(value: str) -> Verdict:
    plain = _EXPLAINED.split(" ".join(value.strip(_DECORATION).split()), maxsplit=1)[0].strip(_DECORATION)
    word = plain.casefold()
    if side := _SIDE.fullmatch(word) or _SIDE_IN_ANOTHER_LANGUAGE.fullmatch(plain):
        return _NAMED[side[1].casefold()]
    return _OTHER_WORDS.get(word, Verdict.INVALID)
