from __future__ import annotations

import asyncio
import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.config.prices import ModelPrice
from ownvoice.config.recipe import GenerationRecipe
from ownvoice.llm.budget import (
    UNLIMITED,
    Spend,
    SpendingLimit,
    billed_tokens,
    rate_limited_tokens,
    share_of_batch,
    spend,
    worst_case,
)
from ownvoice.llm.completion import Completion
from ownvoice.triples.request import request_body

PRICE = ModelPrice(  # invented for the arithmetic
    input_usd_per_million_tokens=1, output_usd_per_million_tokens=10, source="a test", seen_on=dt.date(2026, 1, 1)
)


def tokens(count: float) -> Spend:
    return Spend(count, 0.0)


def spending_limit(share: float, *, spent: float = 0, notes: list[float] | None = None) -> SpendingLimit:
    noted = [] if notes is None else notes
    return SpendingLimit(Spend(share, math.inf), tokens(spent), lambda amount: noted.append(amount.tokens))


def test_tokens_have_a_cost_where_the_price_is_known() -> None:
    assert spend(PRICE, 1_000_000, 100_000) == Spend(1_100_000, 2.0)
    assert spend(None, 1_000_000, 100_000) == Spend(1_100_000, 0.0)


@pytest.mark.parametrize(("said", "prompt", "answer"), [((7, 5), 7, 5), ((0, 5), None, 5), ((7, 0), 7, 2000)])
def test_what_an_endpoint_does_not_count_counts_as_its_worst_case(
    said: tuple[int, int], prompt: int | None, answer: int
) -> None:
    body = request_body(GenerationRecipe(), "text")
    most_prompt = int(worst_case(None, body).tokens) - 2000
    completion = Completion(prompt_tokens=said[0], completion_tokens=said[1])
    assert billed_tokens(body, completion) == (prompt or most_prompt, answer)


@given(st.text(max_size=3000))
def test_no_prompt_has_more_tokens_than_its_worst_case(text: str) -> None:
    body = request_body(GenerationRecipe(), text)
    one_a_byte = sum(len(message["content"].encode(errors="replace")) for message in body["messages"])
    assert worst_case(None, body).tokens >= one_a_byte + body["max_tokens"] + 8 * len(body["messages"])
    assert rate_limited_tokens(body) <= worst_case(None, body).tokens


def test_a_reservation_that_fits_is_granted_and_one_that_does_not_is_refused() -> None:
    async def reserve() -> list[bool]:
        one = spending_limit(100)
        granted = [await one.reserve(tokens(60))]
        one.charge(tokens(30), reserved=tokens(60))
        return [*granted, await one.reserve(tokens(70)), await one.reserve(tokens(71))]

    assert asyncio.run(reserve()) == [True, True, False]


def test_what_might_fit_once_others_are_settled_waits_for_them() -> None:
    async def reserve() -> bool:
        one = spending_limit(100)
        await one.reserve(tokens(60))
        waiting = asyncio.ensure_future(one.reserve(tokens(60)))
        await asyncio.sleep(0)
        assert not waiting.done()
        one.charge(tokens(40), reserved=tokens(60))
        return await waiting

    assert asyncio.run(reserve())


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(0, 100)), max_size=40), st.integers(0, 300))
def test_a_spending_limit_never_spends_more_than_its_share_and_never_more_than_it_noted(
    requests: list[tuple[int, int]], share: int
) -> None:
    notes = [0.0]

    async def spend_all() -> float:
        one = spending_limit(share, notes=notes)
        spent = 0.0
        for worst, percent in requests:
            if await one.reserve(tokens(worst)):
                assert spent + worst <= notes[-1], "the note comes before the request"
                actual = worst * percent / 100
                one.charge(tokens(actual), reserved=tokens(worst))
                spent += actual
        one.close()
        return spent

    spent = asyncio.run(spend_all())
    assert spent <= share
    assert max(notes) <= share
    assert notes[-1] == pytest.approx(spent)


def test_few_requests_wait_for_a_note() -> None:
    notes: list[float] = []

    async def spend_all() -> None:
        one = spending_limit(100_000, notes=notes)
        while await one.reserve(tokens(100)):
            one.charge(tokens(100), reserved=tokens(100))

    asyncio.run(spend_all())
    assert len(notes) <= 17


def test_what_an_earlier_try_may_have_spent_is_gone() -> None:
    async def reserve() -> list[bool]:
        one = spending_limit(100, spent=80)
        return [await one.reserve(tokens(21)), await one.reserve(tokens(20))]

    assert asyncio.run(reserve()) == [False, True]


def test_requests_that_are_open_when_a_task_ends_count_as_spent() -> None:
    notes: list[float] = []

    async def leave() -> None:
        one = spending_limit(1000, notes=notes)
        await one.reserve(tokens(300))
        one.close()

    asyncio.run(leave())
    assert notes[-1] == 300


def test_without_a_budget_everything_fits_and_nothing_is_noted() -> None:
    notes: list[Spend] = []

    async def spend_all() -> bool:
        one = SpendingLimit(UNLIMITED, Spend(), notes.append)
        fits = await one.reserve(Spend(10**12, 10**6))
        one.close()
        return fits

    assert asyncio.run(spend_all())
    assert notes == []


@given(st.integers(1, 64), st.floats(1, 1e9), st.floats(1, 1e5))
def test_the_shares_of_all_batches_come_to_the_budget(batches: int, budget: float, largest: float) -> None:
    shares = [share_of_batch(Spend(budget, math.inf), at, batches, tokens(largest)).tokens for at in range(batches)]
    assert sum(shares) == pytest.approx(budget)
    held = [share for share in shares if share]
    assert len(held) == 1 or min(held) >= largest * 0.999, "a share affords a request"


def test_a_budget_without_bound_is_shared_without_bound() -> None:
    assert share_of_batch(UNLIMITED, 3, 64, tokens(5000)) == UNLIMITED
