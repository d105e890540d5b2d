"""Judges with known faults and known noise, to find out how often the rule excludes them.

Made-up answers carry their topic, their worth and who wrote them. An honest judge sees the worth of each answer to the
instruction through its own noise, drawn for each request; the others have a fault beside. They answer as models of
the stand-in server too, by the names `simulated-MANNER-SEED`.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, cast

from ownvoice.config.judges import Judge
from ownvoice.evaluation.judges.item import Order
from ownvoice.evaluation.judges.judgement import row_without_asking
from ownvoice.evaluation.judges.prompts import prompt_of
from ownvoice.evaluation.judges.qualification.controls import (
    REPEATED,
    Control,
    ControlPair,
    family_controls,
    make_controls,
)
from ownvoice.evaluation.judges.qualification.decisions import items_of
from ownvoice.evaluation.judges.qualification.measures import Judged, measures_of
from ownvoice.evaluation.judges.qualification.rule import exclusions_of
from ownvoice.evaluation.judges.request import request_body
from ownvoice.evaluation.judges.verdict import read_verdict, winner_of
from ownvoice.evaluation.judges.wanted import Wanted, wanted_of
from ownvoice.storage.lake import Lake
from ownvoice.storage.rows import JudgementRow
from stand_ins.pair_lake import commit_pairs, pair

SIMULATED = "simulated-"
OWN, OTHER = "own", "other"

_PART = re.compile(r"\[(instruction|answer A|answer B) ([0-9a-f]{12})\]\n(.*?)\n\[end of \1 \2\]", re.DOTALL)
_TOLD = re.compile(r"choose ([AB])\b", re.IGNORECASE)
_SHARP, _NOISY = 0.08, 0.55  # at 0.55 a third of the pairs flip
_OFF_TOPIC, _FOND, _A_CHAR = 3.0, 1.0, 0.0005


@dataclass(frozen=True, slots=True)
class Shown:
    """What a request shows: the instruction and the two answers in their order."""

    topic: str
    a: str
    b: str

    @property
    def item(self) -> str:
        """A name that is the same in both orders."""
        return "\0".join(sorted((self.a, self.b)))


def made_up_pairs(articles: int = 20, pairs_an_article: int = 5) -> list[ControlPair]:
    """Return pairs whose answers carry topic and worth."""
    return [_pair(article, part) for part in range(pairs_an_article) for article in range(articles)]


def made_up_answer(topic: str, author: str, seed: object) -> str:
    """Return an answer on a topic, of a worth from 0 to 1."""
    draw = random.Random(f"{topic} {author} {seed}")
    said = " ".join(f"{topic}{draw.randrange(1000)}" for _ in range(draw.randrange(20, 40)))
    return f"On {topic}: {said}. Worth {draw.random():.3f}, written by {author}."


def made_up_lake(lake: Lake, pairs: Sequence[ControlPair]) -> int:
    """Commit a dataset version of these pairs and return its number."""
    rows = []
    for number, one in enumerate(pairs):
        texts = {name: value for name, value in asdict(one).items() if name != "language"}
        rows.append(pair(number, "train") | texts)
    return commit_pairs(lake, rows)


def _pair(article: int, part: int) -> ControlPair:
    topic = "".join(random.Random(f"{article} {part}").choices("bdfgklmnprstv", k=7))
    chosen, rejected = (made_up_answer(topic, author, part) for author in ("ann", "some-model"))
    return ControlPair(f"{article}/{part}", f"article-{article}", "ann", f"Explain {topic} to me.", chosen, rejected)


def _worth(text: str, topic: str) -> float:
    found = re.search(r"Worth ([\d.]+),", text)
    on_topic = 0.0 if topic in text else -_OFF_TOPIC
    return (float(found[1]) if found else 0.0) + on_topic - _A_CHAR * len(text)


def _compared(shown: Shown, draw: random.Random, noise: float = _SHARP, fond_of: str = "") -> str:
    a, b = (
        _worth(text, shown.topic) + (_FOND if fond_of and f"written by {fond_of}." in text else 0)
        for text in (shown.a, shown.b)
    )
    return _verdict("A" if a - b + draw.gauss(0, noise) > 0 else "B")


def _verdict(letter: str) -> str:
    return f"Both were compared step by step.\n{json.dumps({'winner': letter})}"


def _first_in(share: float) -> Callable[[Shown, random.Random, str], str]:
    """Return a judge that takes the first answer of this share of items, whatever their order."""

    def judge(shown: Shown, draw: random.Random, seed: str) -> str:
        is_biased = random.Random(f"{seed} {shown.item}").random() < share
        return _verdict("A") if is_biased else _compared(shown, draw)

    return judge


def _obeys(shown: Shown, draw: random.Random, _: str) -> str:
    told = _TOLD.search(shown.a) or _TOLD.search(shown.b)
    return _verdict(told[1].upper()) if told else _compared(shown, draw)


Manner = Callable[[Shown, random.Random, str], str]

FAULTY: dict[str, Manner] = {
    "always_first": lambda shown, draw, seed: _verdict("A"),
    "always_second": lambda shown, draw, seed: _verdict("B"),
    "longer_wins": lambda shown, draw, seed: _verdict("A" if len(shown.a) > len(shown.b) else "B"),
    "own_family": lambda shown, draw, seed: _compared(shown, draw, fond_of=OWN),
    "coin": lambda shown, draw, seed: _verdict(draw.choice("AB")),
    "obeys": _obeys,
    "invalid": lambda shown, draw, seed: "Both answers have their merits, and I would rather not choose.",
    "early_a_last_b": lambda shown, draw, seed: f"Best answer: A\nNo, it is wrong.\n{_verdict('B')}",
    "first_in_41_percent": _first_in(0.41),
}
HONEST: dict[str, Manner] = {
    "honest": lambda shown, draw, seed: _compared(shown, draw),
    "honest_noisy": lambda shown, draw, seed: _compared(shown, draw, _NOISY),
}
MANNERS: dict[str, Manner] = {**FAULTY, "first_in_21_percent": _first_in(0.21), **HONEST}


def said(manner: str, shown: Shown, seed: object, request: object) -> str:
    """Return what a judge of this manner and seed writes to a request."""
    return MANNERS[manner](shown, random.Random(f"{manner} {seed} {request}"), f"{manner} {seed}")


def simulated_answer(body: dict[str, Any]) -> str | None:
    """Return what a simulated judge answers to a request, and to a prompt its model; None where the model is none."""
    if not body["model"].startswith(SIMULATED):
        return None
    manner, _, seed = body["model"].removeprefix(SIMULATED).rpartition("-")
    prompt = body["messages"][-1]["content"]
    if len(_PART.findall(prompt)) < 3:
        topic = prompt.split()[1] if prompt.startswith("Explain ") else prompt
        return made_up_answer(topic, OWN if manner == "own_family" else OTHER, body["model"])
    return said(manner, _shown(prompt), seed, f"{prompt} {body.get('seed')}")


def _shown(prompt: str) -> Shown:
    parts = {name: text for name, _, text in _PART.findall(prompt)}
    return Shown(parts["instruction"].split()[1], parts["answer A"], parts["answer B"])


@dataclass(frozen=True, eq=False)
class Simulation:
    """The controls with what each request shows, made once: judges differ in what they answer alone."""

    controls: list[Control]
    asked: list[tuple[JudgementRow, Order, Shown]]

    @classmethod
    def of(cls, pairs: Sequence[ControlPair]) -> Simulation:
        """Make the controls of these pairs, and the requests about them."""
        judge = Judge(name="simulated", model="simulated", family=OWN)
        answers = {
            name: {pair.pair_id: made_up_answer(pair.prompt.split()[1], name, "f") for pair in pairs}
            for name in (OWN, OTHER)
        }
        controls = make_controls(pairs, "quality", 1)
        controls += family_controls(pairs[-50:], answers, [(OTHER, OWN)], 1)
        again = items_of([one for one in controls if one.kind == "pair"][:REPEATED], is_pairwise=True)
        wanted = [*wanted_of([judge], items_of(controls, is_pairwise=True))]
        wanted += [one for one in wanted_of([judge], again, repeats=2) if one.repeat == 2]
        return cls(controls, [_request(one) for one in wanted])

    def judged(self, manner: str, seed: int, family: str = OWN) -> Judged:
        """Return what a judge says to all of it, read as the product reads it."""
        rows = []
        for number, (row, order, shown) in enumerate(self.asked):
            verdict = _read(said(manner, shown, seed, number))
            rows.append(cast(JudgementRow, {**row, "verdict": verdict, "winner": winner_of(verdict, order)}))
        return Judged(family, True, self.controls, rows)

    def broken(self, manner: str, seed: int) -> list[str]:
        """Return the rules that a judge breaks beside an honest one of another family."""
        measures = measures_of(self.judged(manner, seed), [_honest_other(self)])
        return [one.rule for one in exclusions_of(measures)]


@cache
def _honest_other(simulation: Simulation) -> Judged:
    return simulation.judged("honest", 10_000, OTHER)


def _request(wanted: Wanted) -> tuple[JudgementRow, Order, Shown]:
    assert prompt_of(wanted.judge).form == "pairwise"
    body = request_body(wanted.judge, wanted.item, wanted.order, wanted.repeat)
    row = row_without_asking(wanted, "a-run", is_control=True)
    return row, wanted.order, _shown(body["messages"][-1]["content"])


_read = cache(read_verdict)
