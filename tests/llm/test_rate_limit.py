from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.llm.rate_limit import RateLimiter
from ownvoice.llm.rate_limit_headers import NOTHING_SAID, RateLimits


class Clock:
    """Time that passes only when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def sent_within(
    rate_limiter: RateLimiter, clock: Clock, seconds: float, *, tokens: int = 1, answered: bool = True
) -> int:
    """Send whatever may be sent, each request answered at once; return how many that were."""
    sent = 0

    async def send() -> None:
        nonlocal sent
        for _ in range(round(seconds * 1000)):
            while rate_limiter.wait_s() <= 0:
                await rate_limiter.acquire(tokens)
                rate_limiter.release(answered=answered)
                sent += 1
            clock.now += 0.001

    asyncio.run(send())
    return sent


def open_at_once(rate_limiter: RateLimiter) -> int:
    """Open requests as long as that is allowed now; return how many that were."""

    async def send() -> int:
        opened = 0
        while rate_limiter.wait_s() <= 0:
            await rate_limiter.acquire(1)
            opened += 1
        return opened

    return asyncio.run(send())


def wide_open(clock: Clock, most: int = 64) -> RateLimiter:
    """Return a pace whose start is over."""
    rate_limiter = RateLimiter(most, NOTHING_SAID, clock=clock)
    open_at_once(rate_limiter)
    for _ in range(16):
        rate_limiter.release(answered=True)
    clock.now += 60
    return rate_limiter


@pytest.mark.parametrize(("concurrent_tasks", "expected"), [(1, 588), (4, 147)])
def test_requests_of_a_minute_are_spaced_evenly_and_shared_among_tasks(concurrent_tasks: int, expected: int) -> None:
    clock = Clock()
    rate_limiter = RateLimiter(64, RateLimits(requests_per_minute=600), concurrent_tasks, clock)
    assert sent_within(rate_limiter, clock, 60) == pytest.approx(expected, abs=2)


def test_tokens_of_a_minute_bound_large_requests() -> None:
    clock = Clock()
    rate_limiter = RateLimiter(64, RateLimits(requests_per_minute=6000, tokens_per_minute=60_000), clock=clock)
    assert sent_within(rate_limiter, clock, 60, tokens=1000) == pytest.approx(59, abs=2)


def test_the_lower_of_the_settings_and_of_what_is_announced_holds() -> None:
    for announced, expected in ((60, 59), (6000, 588)):
        clock = Clock()
        rate_limiter = RateLimiter(64, RateLimits(requests_per_minute=600), clock=clock)
        rate_limiter.follow(RateLimits(requests_per_minute=announced))
        assert sent_within(rate_limiter, clock, 60) == pytest.approx(expected, abs=2)


@given(st.integers(1, 6000), st.lists(st.floats(0, 3), max_size=20))
def test_no_pause_is_made_up_for_with_a_burst(per_minute: int, pauses: list[float]) -> None:
    clock = Clock()
    rate_limiter = RateLimiter(64, RateLimits(requests_per_minute=per_minute), clock=clock)
    for pause in pauses:
        clock.now += pause
        assert sent_within(rate_limiter, clock, 0.001) <= 2 + per_minute / 60 * 0.101


def test_a_task_begins_with_few_requests_and_doubles_them_from_the_first_answer_on() -> None:
    clock = Clock()
    rate_limiter = RateLimiter(256, NOTHING_SAID, clock=clock)
    assert open_at_once(rate_limiter) == 16
    clock.now += 60
    assert open_at_once(rate_limiter) == 0
    rate_limiter.release(answered=True)
    in_flight, seen = 15, []
    for _ in range(5):
        clock.now += 0.15
        in_flight += open_at_once(rate_limiter)
        seen.append(in_flight)
    assert seen == pytest.approx([32, 64, 128, 256, 256], abs=1)


def test_retry_after_is_obeyed_to_the_second_and_the_start_made_again() -> None:
    clock = Clock()
    rate_limiter = wide_open(clock)
    open_at_once(rate_limiter)
    rate_limiter.slow_down(clock.now, retry_after_s=7)
    for _ in range(64):
        rate_limiter.release(answered=False)
    assert sent_within(rate_limiter, clock, 7) == 0
    clock.now = rate_limiter.resumes_at
    assert clock.now <= 1000 + 60 + 7.6
    assert open_at_once(rate_limiter) == 16


def test_a_burst_of_refusals_slows_down_once() -> None:
    clock = Clock()
    rate_limiter = wide_open(clock)
    sent_at = clock.now
    assert open_at_once(rate_limiter) == 64
    clock.now += 0.1
    for _ in range(30):
        rate_limiter.slow_down(sent_at, None)
    for _ in range(64):
        rate_limiter.release(answered=False)
    assert open_at_once(rate_limiter) == 45


def test_answers_open_it_again_until_all_that_is_allowed_is_open() -> None:
    clock = Clock()
    rate_limiter = wide_open(clock)
    open_at_once(rate_limiter)
    rate_limiter.slow_down(clock.now, None)
    for _ in range(64):
        rate_limiter.release(answered=False)
    in_flight = open_at_once(rate_limiter)
    assert in_flight == 45
    for _answer in range(1000):
        rate_limiter.release(answered=True)
        in_flight += open_at_once(rate_limiter) - 1
    assert in_flight == 64


def test_those_in_line_are_let_through_in_their_order() -> None:
    async def in_line() -> list[int]:
        rate_limiter = RateLimiter(1, NOTHING_SAID)
        order: list[int] = []

        async def send(number: int) -> None:
            await rate_limiter.acquire(1)
            order.append(number)
            await asyncio.sleep(0)
            rate_limiter.release(answered=True)

        await asyncio.gather(*(send(number) for number in range(20)))
        return order

    assert asyncio.run(in_line()) == list(range(20))


def test_a_request_that_is_called_off_in_line_holds_nobody_up() -> None:
    async def call_off() -> float:
        rate_limiter = RateLimiter(1, NOTHING_SAID)
        await rate_limiter.acquire(1)
        waiting = asyncio.ensure_future(rate_limiter.acquire(1))
        await asyncio.sleep(0)
        waiting.cancel()
        rate_limiter.release(answered=True)
        return await asyncio.wait_for(rate_limiter.acquire(1), 5)

    assert asyncio.run(call_off()) > 0
