"""The rate and the time that is left, while chunks come in and while one waits."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.llm.chunk_outcome import ChunkOutcome
from ownvoice.llm.tally import Tally
from ownvoice.llm.window import Window
from ownvoice.states import ChunkEvent


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def counted(clock: Clock, total: int) -> Tally:
    return Tally(total, started_s=clock.now, clock=clock)


def asked(index: int, requests: int = 1) -> ChunkOutcome:
    return ChunkOutcome("article", index, "key", "model", ChunkEvent.ANSWER_ARRIVED, requests=requests)


def test_the_time_left_follows_the_latest_two_hundred_chunks_that_were_asked_about() -> None:
    clock = Clock()
    tally = counted(clock, 1000)
    for index in range(300):
        tally.count(asked(index, requests=0))
    assert tally.eta_s is None
    for index in range(250):
        clock.now += 10 if index < 50 else 2
        tally.count(asked(300 + index))
    assert tally.chunks_per_s == pytest.approx(0.5)
    assert tally.eta_s == pytest.approx(450 * 2)


@given(st.lists(st.floats(0.1, 100), min_size=1, max_size=50), st.lists(st.floats(0, 200), max_size=20))
def test_while_one_waits_the_time_left_never_rises(gaps: list[float], waits: list[float]) -> None:
    clock = Clock()
    tally = counted(clock, len(gaps) + 10)
    for index, gap in enumerate(gaps):
        clock.now += gap
        tally.count(asked(index))
    left = [tally.eta_s]
    for wait in waits:
        clock.now += wait
        left.append(tally.eta_s)
    assert all(later <= earlier * (1 + 1e-9) for earlier, later in pairwise(left))
    assert left[-1] >= left[0] * 0.89  # nine of the ten that are left at least


def test_open_requests_and_the_usual_time_of_an_answer_are_those_of_all_endpoints() -> None:
    clock = Clock()
    tally = counted(clock, 10)
    tally.windows += [Window(4, 60.0), Window(4, 60.0)]
    for window, took_s in zip(tally.windows, (3.0, 34.0), strict=True):
        flight = window.send(0.0)
        window.answered(flight, took_s)
        window.end(flight)
    tally.windows[1].send(40.0)
    tally.windows[0].send(100.0)
    clock.now = 123.0
    assert tally.open_requests == (2, 83.0)
    assert tally.answer_s == 34.0
