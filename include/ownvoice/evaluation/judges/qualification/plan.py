"""What a panel is asked to be qualified: each part with its items, and what it costs before anything is asked. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from hashlib import sha256

from ownvoice.config.judges import Judge
from ownvoice.config.prices import ModelPrice
from ownvoice.evaluation.judges.estimate import Estimate, estimate
from ownvoice.evaluation.judges.item import Item
from ownvoice.evaluation.judges.prompts import Question, prompt_of
from ownvoice.evaluation.judges.qualification.controls import (
    REPEATED,
    WANTED,
    Control,
    ControlPair,
    couples_of,
    family_controls,
    make_controls,
    with_passages,
)
from ownvoice.evaluation.judges.qualification.decisions import items_of
from ownvoice.llm.request import RequestBody

Answers = Mapping[str, Mapping[str, str]]
"""Answers to the family prompts: by family, then by pair id."""

_ANSWER_TOKENS, _CHARS_PER_TOKEN = 300, 4


@dataclass(frozen=True, slots=True)
class Part:
    """What one judge is asked together, under a name of its own in the run."""

    name: str
    judge: Judge
    items: Sequence[Item]
    repeats: int = 1


@dataclass(frozen=True)
class Plan:
    """A panel and the pairs of a dataset version that it is qualified on."""

    version: int
    panel: tuple[Judge, ...]
    pairs: Sequence[ControlPair]

    @property
    def run_id(self) -> str:
        """The run that this panel is asked in: the same when the command is repeated, so that it goes on."""
        names = " ".join(sorted(judge.judge_id for judge in self.panel))
        return f"qualify-{self.version}-{sha256(names.encode()).hexdigest()[:8]}"

    @property
    def questions(self) -> list[Question]:
        """The questions that the panel is asked."""
        return sorted({prompt_of(judge).question for judge in self.panel})

    @cached_property
    def writers(self) -> dict[str, Judge]:
        """The judge whose model answers the family prompts, by family: the first of each that is set against another.

        Empty where no question has judges of two families: a liking for one cannot be told from better answers then.
        """
        in_couples = {name for question in self.questions for couple in self.couples(question) for name in couple}
        return {judge.family: judge for judge in reversed(self.panel) if judge.family in in_couples}

    def couples(self, question: Question) -> list[tuple[str, str]]:
        """Return which families of a question's judges are set against each other: others cannot be compared with."""
        return couples_of([judge.family for judge in self.panel if prompt_of(judge).question == question])

    @property
    def family_pairs(self) -> Sequence[ControlPair]:
        """The pairs whose prompts the judges' own models answer."""
        return self.pairs[-WANTED["family"] :]

    def controls(self, question: Question, answers: Answers) -> list[Control]:
        """Return the controls of a question; those of families have the `answers` there are."""
        made = make_controls(self.pairs, question, self.version)
        family = family_controls(self.family_pairs, answers, self.couples(question), self.version)
        return made + (with_passages(family, self.pairs) if question == "voice" else family)

    def parts(self, controls: Mapping[Question, Sequence[Control]]) -> list[Part]:
        """Return what each judge is asked: all controls of its question once, and the first pairs a second time."""
        return [part for judge in self.panel for part in _parts(judge, controls[prompt_of(judge).question])]

    def estimate(self, prices: Mapping[str, ModelPrice]) -> Estimate:
        """Return about what all of it takes; what is stored already is counted all the same."""
        likely = {name: {pair.pair_id: _likely(pair, name) for pair in self.family_pairs} for name in self.writers}
        parts = self.parts({question: self.controls(question, likely) for question in self.questions})
        judging = [estimate([part.judge], part.items, prices, part.repeats) for part in parts]
        return reduce(_added, [*judging, *(self._answering(judge, prices) for judge in self.writers.values())])

    def _answering(self, judge: Judge, prices: Mapping[str, ModelPrice]) -> Estimate:
        sent = sum(len(pair.prompt.encode()) for pair in self.family_pairs) // _CHARS_PER_TOKEN
        received, price = _ANSWER_TOKENS * len(self.family_pairs), prices.get(judge.model)
        return Estimate(len(self.family_pairs), sent, received, price.cost_usd(sent, received) if price else None)


def answer_body(judge: Judge, prompt: str) -> RequestBody:
    """Return the request by which a judge's own model answers a prompt, as anybody would ask it."""
    body = RequestBody(
        model=judge.model, messages=[{"role": "user", "content": prompt}], max_tokens=judge.max_output_tokens
    )
    if judge.temperature is not None:
        body["temperature"] = judge.temperature
    if judge.reasoning_effort:
        body["reasoning_effort"] = judge.reasoning_effort
    return body


def _parts(judge: Judge, controls: Sequence[Control]) -> Iterable[Part]:
    is_pairwise = prompt_of(judge).form == "pairwise"
    again = [control for control in controls if control.kind == "pair"][:REPEATED]
    once = [control for control in controls if control not in again]
    yield Part(f"controls-{judge.judge_id}", judge, items_of(once, is_pairwise))
    yield Part(f"repeats-{judge.judge_id}", judge, items_of(again, is_pairwise), repeats=2)


def _likely(pair: ControlPair, family: str) -> str:
    return f"{family} {pair.chosen}"  # two that differ, of about the length that an answer has


def _added(one: Estimate, other: Estimate) -> Estimate:
    known = one.cost_usd is not None and other.cost_usd is not None
    return Estimate(
        one.requests + other.requests,
        one.prompt_tokens + other.prompt_tokens,
        one.completion_tokens + other.completion_tokens,
        (one.cost_usd or 0) + (other.cost_usd or 0) if known else None,
    )
