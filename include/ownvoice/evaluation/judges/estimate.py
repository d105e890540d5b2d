"""What judging costs, before anything is asked. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ownvoice.config.judges import Judge
from ownvoice.config.prices import ModelPrice
from ownvoice.evaluation.judges.item import Item
from ownvoice.evaluation.judges.prompts import prompt_of
from ownvoice.evaluation.judges.request import notes_body, request_body
from ownvoice.evaluation.judges.wanted import wanted_of
from ownvoice.llm.request import RequestBody, request_key

_BYTES_PER_TOKEN = 4
_ANSWER_TOKENS = 150  # reasoning of a few sentences and a verdict
_NOTES_CHARS = 800  # of 150 words


@dataclass(frozen=True, slots=True)
class Estimate:
    """Requests, tokens sent and received, and US dollars; these are None where the price of a model is not known.

    It counts four bytes a token and answers of 150 tokens: a model that thinks before it answers takes more. Answers
    that are stored already cost nothing and are counted all the same.
    """

    requests: int
    prompt_tokens: int
    completion_tokens: int
    cost_usd: float | None

    @property
    def tokens(self) -> int:
        """Tokens of prompts and answers together."""
        return self.prompt_tokens + self.completion_tokens


def estimate(
    panel: Iterable[Judge], items: Sequence[Item], prices: Mapping[str, ModelPrice], repeats: int = 1
) -> Estimate:
    """Return what a panel's judgements of `items` take; `prices` are by model. Equal requests are counted once."""
    bodies = {request_key(body): body for body in _bodies(panel, items, repeats)}.values()
    prompt_tokens, completion_tokens, cost_usd = 0, 0, 0.0
    unpriced = {body["model"] for body in bodies} - prices.keys()
    for body in bodies:
        asked, answered = _prompt_tokens(body), min(_ANSWER_TOKENS, body["max_tokens"])
        prompt_tokens, completion_tokens = prompt_tokens + asked, completion_tokens + answered
        if not unpriced:
            cost_usd += prices[body["model"]].cost_usd(asked, answered)
    return Estimate(len(bodies), prompt_tokens, completion_tokens, None if unpriced else cost_usd)


def _bodies(panel: Iterable[Judge], items: Sequence[Item], repeats: int) -> Iterator[RequestBody]:
    for one in wanted_of(panel, items, repeats):
        if one.needs_a_model:
            notes = ""
            if prompt_of(one.judge).needs_notes:
                yield notes_body(one.judge, one.item)
                notes = "–" * (_NOTES_CHARS // 3)  # of three bytes each
            yield request_body(one.judge, one.item, one.order, one.repeat, notes)


def _prompt_tokens(body: RequestBody) -> int:
    return sum(len(message["content"].encode()) for message in body["messages"]) // _BYTES_PER_TOKEN
