from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.llm.failures import Failure, RequestFailedError
from ownvoice.llm.rate_limit import RateLimiter
from ownvoice.llm.rate_limit_headers import NOTHING_SAID, RateLimits
from ownvoice.llm.window import Flight, Window


class Clock:
    """Time that passes only when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def sent_within(rate_limiter: RateLimiter, clock: Clock, seconds: float, *, tokens: int = 1) -> int:
    """Send whatever may be sent, each request answered at once; return how many that were."""
    sent = 0

    async def send() -> None:
        nonlocal sent
        for _ in range(round(seconds * 1000)):
            while rate_limiter.wait_s() <= 0:
                flight = await rate_limiter.acquire(tokens)
                rate_limiter.answered(flight)
                rate_limiter.end(flight)
                sent += 1
            clock.now += 0.001

    asyncio.run(send())
    return sent


def open_at_once(rate_limiter: RateLimiter) -> list[Flight]:
    """Open requests as long as that is allowed now; return them."""

    async def send() -> list[Flight]:
        opened = []
        while rate_limiter.wait_s() <= 0:
            opened.append(await rate_limiter.acquire(1))
        return opened

    return asyncio.run(send())


def rate_limited(clock: Clock, limits: RateLimits = NOTHING_SAID, tasks: int = 1) -> RateLimiter:
    return RateLimiter(Window(64, 60.0), limits, tasks, clock)


def wide_open(clock: Clock) -> RateLimiter:
    """Return a pace whose start is over: all of the 64 that are allowed may be in flight."""
    rate_limiter = rate_limited(clock)
    while rate_limiter.window.size < 64:
        flights = open_at_once(rate_limiter)
        clock.now += 1
        for flight in flights:
            rate_limiter.answered(flight)
            rate_limiter.end(flight)
    return rate_limiter


def refuse(rate_limiter: RateLimiter, flight: Flight, retry_after_s: float | None = None) -> None:
    rate_limiter.failed(flight, RequestFailedError(Failure.RATE_LIMITED, retry_after_s))
    rate_limiter.end(flight)


@pytest.mark.parametrize(("concurrent_tasks", "expected"), [(1, 588), (4, 147)])
def test_requests_of_a_minute_are_spaced_evenly_and_shared_among_tasks(concurrent_tasks: int, expected: int) -> None:
    clock = Clock()
    rate_limiter = rate_limited(clock, RateLimits(requests_per_minute=600), concurrent_tasks)
    assert sent_within(rate_limiter, clock, 60) == pytest.approx(expected, abs=2)


def test_tokens_of_a_minute_bound_large_requests() -> None:
    clock = Clock()
    rate_limiter = rate_limited(clock, RateLimits(requests_per_minute=6000, tokens_per_minute=60_000))
    assert sent_within(rate_limiter, clock, 60, tokens=1000) == pytest.approx(59, abs=2)


def test_the_lower_of_the_settings_and_of_what_is_announced_holds() -> None:
    for announced, expected in ((60, 59), (6000, 588)):
        clock = Clock()
        rate_limiter = rate_limited(clock, RateLimits(requests_per_minute=600))
        rate_limiter.follow(RateLimits(requests_per_minute=announced))
        assert sent_within(rate_limiter, clock, 60) == pytest.approx(expected, abs=2)


@given(st.integers(1, 6000), st.lists(st.floats(0, 3), max_size=20))
def test_no_pause_is_made_up_for_with_a_burst(per_minute: int, pauses: list[float]) -> None:
    clock = Clock()
    rate_limiter = rate_limited(clock, RateLimits(requests_per_minute=per_minute))
    for pause in pauses:
        clock.now += pause
        assert sent_within(rate_limiter, clock, 0.001) <= 2 + per_minute / 60 * 0.101


def test_retry_after_is_obeyed_to_the_second_and_what_follows_begins_with_one() -> None:
    clock = Clock()
    rate_limiter = wide_open(clock)
    flights = open_at_once(rate_limiter)
    began = clock.now = clock.now + 0.1
    for flight in flights:
        refuse(rate_limiter, flight, 7)
    assert sent_within(rate_limiter, clock, 7) == 0
    clock.now = rate_limiter.window.resumes_at
    assert began + 7 <= clock.now <= began + 7.6
    assert len(open_at_once(rate_limiter)) == 1
    clock.now += 0.5
    assert len(open_at_once(rate_limiter)) == 44 - 1


def test_a_burst_of_refusals_slows_down_once() -> None:
    clock = Clock()
    rate_limiter = wide_open(clock)
    flights = open_at_once(rate_limiter)
    assert len(flights) == 64
    clock.now += 0.1
    for flight in flights:
        refuse(rate_limiter, flight)
    assert len(open_at_once(rate_limiter)) == 44


@pytest.mark.parametrize("refused", [1, 64])
def test_answers_open_it_again_until_all_that_is_allowed_is_open(refused: int) -> None:
    clock = Clock()
    rate_limiter = wide_open(clock)
    flights = open_at_once(rate_limiter)
    clock.now += 0.1
    for flight in flights[:refused]:
        refuse(rate_limiter, flight)
    assert rate_limiter.window.size == pytest.approx(0.7 * 64)
    flights = flights[refused:] + open_at_once(rate_limiter)
    for _round in range(20):
        clock.now += 1
        for flight in flights:
            rate_limiter.answered(flight)
        for flight in flights:
            rate_limiter.end(flight)
        flights = open_at_once(rate_limiter)
    assert len(flights) == 64


def test_a_time_out_behind_other_requests_gets_its_own_name() -> None:
    clock = Clock()
    rate_limiter = rate_limited(clock)
    flights = open_at_once(rate_limiter)
    clock.now += 0.2
    flights += open_at_once(rate_limiter)
    clock.now += 60
    named = []
    for flight in flights:
        failed = RequestFailedError(Failure.TIMED_OUT)
        rate_limiter.failed(flight, failed)
        named.append(failed.failure)
    assert named == [Failure.TIMED_OUT, Failure.QUEUED, Failure.QUEUED, Failure.QUEUED]


def test_those_in_line_are_let_through_in_their_order() -> None:
    async def in_line() -> list[int]:
        rate_limiter = RateLimiter(Window(1, 60.0), NOTHING_SAID)
        order: list[int] = []

        async def send(number: int) -> None:
            flight = await rate_limiter.acquire(1)
            order.append(number)
            await asyncio.sleep(0)
            rate_limiter.end(flight)

        await asyncio.gather(*(send(number) for number in range(20)))
        return order

    assert asyncio.run(in_line()) == list(range(20))


def test_a_request_that_is_called_off_in_line_holds_nobody_up() -> None:
    async def call_off() -> float:
        rate_limiter = RateLimiter(Window(1, 60.0), NOTHING_SAID)
        first = await rate_limiter.acquire(1)
        waiting = asyncio.ensure_future(rate_limiter.acquire(1))
        await asyncio.sleep(0)
        waiting.cancel()
        rate_limiter.end(first)
        return (await asyncio.wait_for(rate_limiter.acquire(1), 5)).sent_at

    assert asyncio.run(call_off()) > 0
