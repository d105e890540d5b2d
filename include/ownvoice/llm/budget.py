"""The bound on money: a batch's share of the refresh's budget, reserved before each request and settled after it."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Callable
from dataclasses import dataclass

from ownvoice.config.prices import ModelPrice
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

    def within(self, limit: Spend) -> bool:
        """Whether neither tokens nor dollars pass `limit`."""
        return self.tokens <= limit.tokens and self.cost_usd <= limit.cost_usd


UNLIMITED = Spend(math.inf, math.inf)


def spend(price: ModelPrice | None, prompt_tokens: int, completion_tokens: int) -> Spend:
    """Return what so many tokens come to."""
    cost_usd = price.cost_usd(prompt_tokens, completion_tokens) if price else 0.0
    return Spend(prompt_tokens + completion_tokens, cost_usd)


def worst_case(price: ModelPrice | None, body: RequestBody) -> Spend:
    """Return the most that a request can come to.

    No tokenizer in use makes more tokens than its text has bytes, and the request's JSON around the text is longer than
    what an endpoint puts around a message.
    """
    return spend(price, len(json.dumps(body, ensure_ascii=False).encode()), body["max_tokens"])


def rate_limited_tokens(body: RequestBody) -> int:
    """Return the tokens by which endpoints pace a request: the prompt as they estimate it, and all it may answer."""
    chars = sum(len(message["content"]) for message in body["messages"])
    return int(chars // _CHARS_PER_TOKEN + body["max_tokens"])


def share_of_batch(budget: Spend, number: int, batches: int, largest: Spend) -> Spend:
    """Return the share of batch `number` (from 0): equal shares, on so many batches that each can send a request.

    `largest` is the worst case of the largest request. A budget too small for all batches goes to the first ones, since
    sixty-four shares of which none affords a request would afford nothing.
    """
    served = [batches]
    if largest.tokens:
        served.append(int(min(budget.tokens / largest.tokens, batches)))
    if largest.cost_usd:
        served.append(int(min(budget.cost_usd / largest.cost_usd, batches)))
    holders = max(1, min(served))
    return Spend(budget.tokens / holders, budget.cost_usd / holders) if number < holders else Spend()


class SpendingLimit:
    """What one batch may spend and has spent.

    `record` is told, before the request goes out, an amount that will not be passed until it is told again: what a
    killed task may have spent is known to the one that follows it, which starts from there (`spent`).
    """

    def __init__(self, share: Spend, spent: Spend, record: Callable[[Spend], None]) -> None:
        self._share = share
        self._spent = spent
        self._reserved = Spend()
        self._record = record
        self._recorded = UNLIMITED if share == UNLIMITED else spent
        self._turnstile = asyncio.Lock()
        self._settled = asyncio.Event()

    async def reserve(self, worst: Spend) -> bool:
        """Set `worst` aside; False where it does not fit, whatever becomes of the requests that are open."""
        async with self._turnstile:
            while not (self._spent + self._reserved + worst).within(self._share):
                if not (self._spent + worst).within(self._share):
                    return False
                self._settled.clear()
                await self._settled.wait()
            self._reserved += worst
            if not (self._spent + self._reserved).within(self._recorded):
                self._note(self._ahead())
            return True

    def settle(self, worst: Spend, actual: Spend) -> None:
        """Put in the place of a reservation what its request really came to."""
        self._reserved -= worst
        self._spent += actual
        self._settled.set()

    def close(self) -> None:
        """Write down what was spent; what is still reserved counts as spent."""
        if self._share != UNLIMITED:
            self._note(self._spent + self._reserved)

    def _ahead(self) -> Spend:
        """Return what is committed and a part of the share more, so that few requests wait for a note."""
        committed = self._spent + self._reserved
        return Spend(
            min(self._share.tokens, committed.tokens + self._share.tokens / _PARTS_PER_SHARE),
            min(self._share.cost_usd, committed.cost_usd + self._share.cost_usd / _PARTS_PER_SHARE),
        )

    def _note(self, amount: Spend) -> None:
        self._recorded = amount
        self._record(amount)


def unlimited() -> SpendingLimit:
    """Return a limit that every request fits into and that records nothing."""
    return SpendingLimit(UNLIMITED, Spend(), lambda _: None)
