"""The bound on money: a batch's share of the run's budget. A request reserves its worst case before it is sent."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Callable
from dataclasses import dataclass

from ownvoice.config.prices import ModelPrice
from ownvoice.llm.completion import Completion
from ownvoice.llm.request import RequestBody

_CHARS_PER_TOKEN = 4  # English prose in the tokenizers of current models
_PARTS_PER_SHARE = 16


@dataclass(frozen=True, slots=True)
class Spend:
    """Tokens, prompt and completion together, and what they cost in US dollars (0 where the price is not known)."""

    tokens: float = 0
    cost_usd: float = 0.0

    def __add__(self, other: Spend) -> Spend:
        return Spend(self.tokens + other.tokens, self.cost_usd + other.cost_usd)

    def __sub__(self, other: Spend) -> Spend:
        return Spend(self.tokens - other.tokens, self.cost_usd - other.cost_usd)

    def __truediv__(self, parts: float) -> Spend:
        return Spend(self.tokens / parts, self.cost_usd / parts)

    def within(self, limit: Spend) -> bool:
        """Whether neither tokens nor dollars pass `limit`."""
        return self.tokens <= limit.tokens and self.cost_usd <= limit.cost_usd


UNLIMITED = Spend(math.inf, math.inf)


def at_most(tokens: float | None, cost_usd: float | None) -> Spend:
    """Return the limit that a setting or option names; None is no bound."""
    return Spend(math.inf if tokens is None else tokens, math.inf if cost_usd is None else cost_usd)


def spend(price: ModelPrice | None, prompt_tokens: int, completion_tokens: int) -> Spend:
    """Return what so many tokens come to."""
    cost_usd = price.cost_usd(prompt_tokens, completion_tokens) if price else 0.0
    return Spend(prompt_tokens + completion_tokens, cost_usd)


def worst_case(price: ModelPrice | None, body: RequestBody) -> Spend:
    """Return the most that a request can cost.

    No tokenizer in use makes more tokens than a text has bytes, and the JSON around the text in a request is longer
    than what an endpoint adds to a message.
    """
    return spend(price, *_most_tokens(body))


def billed_tokens(body: RequestBody, completion: Completion) -> tuple[int, int]:
    """Return the tokens of prompt and answer as the endpoint counted them; the most there can be where it did not."""
    most_prompt, most_answer = _most_tokens(body)
    return completion.prompt_tokens or most_prompt, completion.completion_tokens or most_answer


def _most_tokens(body: RequestBody) -> tuple[int, int]:
    return len(json.dumps(body, ensure_ascii=False).encode()), body["max_tokens"]


def rate_limited_tokens(body: RequestBody) -> int:
    """Return the tokens that a request counts for in rate limits: the estimated prompt, and the longest answer."""
    chars = sum(len(message["content"]) for message in body["messages"])
    return int(chars // _CHARS_PER_TOKEN + body["max_tokens"])


def share_of_batch(budget: Spend, number: int, batches: int, largest: Spend) -> Spend:
    """Return the share of batch `number` (from 0): the budget is split evenly over as many batches as can use it.

    `largest` is the worst case of the largest request. A budget too small for all batches is split over the first
    ones: of sixty-four shares that are each smaller than one request, none could be spent.
    """
    served = [batches]
    if largest.tokens:
        served.append(int(min(budget.tokens / largest.tokens, batches)))
    if largest.cost_usd:
        served.append(int(min(budget.cost_usd / largest.cost_usd, batches)))
    holders = max(1, min(served))
    return budget / holders if number < holders else Spend()


class SpendingLimit:
    """What one batch may spend (`share`), and what it has spent.

    `record` is called with an amount before a request goes out that could exceed the amount of the last call. So the
    last recorded amount is at least what a killed task has spent, and the task that follows starts from it (`spent`).
    """

    def __init__(self, share: Spend, spent: Spend, record: Callable[[Spend], None]) -> None:
        self._share = share
        self._spent = spent
        self._reserved = Spend()
        self._record = record
        self._recorded = UNLIMITED if share == UNLIMITED else spent
        self._one_at_a_time = asyncio.Lock()
        self._charged = asyncio.Event()

    async def reserve(self, worst: Spend) -> bool:
        """Reserve `worst`, waiting for open requests to end where that may make room; False where it cannot fit."""
        async with self._one_at_a_time:
            while not (self._spent + self._reserved + worst).within(self._share):
                if not (self._spent + worst).within(self._share):
                    return False
                self._charged.clear()
                await self._charged.wait()
            self._reserved += worst
            if not (self._spent + self._reserved).within(self._recorded):
                self._write(self._committed_and_more())
            return True

    def charge(self, actual: Spend, reserved: Spend) -> None:
        """Replace a reservation by what its request actually cost."""
        self._reserved -= reserved
        self._spent += actual
        self._charged.set()

    def close(self) -> None:
        """Record what was spent; what is still reserved counts as spent."""
        if self._share != UNLIMITED:
            self._write(self._spent + self._reserved)

    def _committed_and_more(self) -> Spend:
        """Return what is spent and reserved plus a part of the share, so that few requests wait for a record."""
        committed = self._spent + self._reserved
        return Spend(
            min(self._share.tokens, committed.tokens + self._share.tokens / _PARTS_PER_SHARE),
            min(self._share.cost_usd, committed.cost_usd + self._share.cost_usd / _PARTS_PER_SHARE),
        )

    def _write(self, amount: Spend) -> None:
        self._recorded = amount
        self._record(amount)


def unlimited() -> SpendingLimit:
    """Return a limit that every request fits into and that records nothing."""
    return SpendingLimit(UNLIMITED, Spend(), lambda _: None)
