"""The window of requests in flight, over whole nights in simulated time and step by step."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ownvoice.llm.window import Window
from stand_ins.simulated_endpoint import SimulatedEndpoint, simulate

TIMEOUT_S = 60.0


def window() -> Window:
    return Window(256, TIMEOUT_S)


@settings(deadline=None, max_examples=15)
@given(
    slots=st.integers(1, 12),
    median_s=st.floats(0.05, 45),
    sigma=st.floats(0, 0.15),
    seed=st.integers(0, 1000),
)
def test_every_chunk_is_answered_and_none_loses_its_tries_to_the_pace(
    slots: int, median_s: float, sigma: float, seed: int
) -> None:
    night = simulate(SimulatedEndpoint(slots, median_s, sigma, seed=seed), window(), 150)
    assert night.ended["answered"] == 150
    assert max(night.charged.values(), default=0) < 3  # the tries of a chunk


@pytest.mark.parametrize(("slots", "median_s", "chunks"), [(1, 45, 130), (1, 20, 130), (4, 30, 300), (64, 30, 1000)])
def test_a_slow_server_of_ones_own_is_kept_busy(slots: int, median_s: float, chunks: int) -> None:
    night = simulate(SimulatedEndpoint(slots, median_s, 0.1), window(), chunks)
    assert night.seconds <= 1.6 * chunks * median_s / slots
    assert night.ended["queued"] <= max(12, 0.2 * chunks)


@pytest.mark.parametrize("median_s", [0.1, 1.0, 5.0])
def test_a_server_that_queues_what_it_cannot_work_on_is_not_sent_much_more(median_s: float) -> None:
    night = simulate(SimulatedEndpoint(8, median_s, 0.2), window(), 2000)
    assert night.ended == {"answered": 2000}
    assert night.most_late <= 4 * 8
    assert night.seconds <= 1.2 * 2000 * median_s / 8


@pytest.mark.parametrize("sigma", [0.1, 0.4, 1.0])
def test_a_server_with_room_gets_all_that_is_allowed_within_two_answers_time(sigma: float) -> None:
    one = window()
    simulate(SimulatedEndpoint(1000, 1.0, sigma), one, 1)
    night = simulate(SimulatedEndpoint(1000, 1.0, sigma), one, 6000)
    assert one.size == night.most_late == 256
    assert night.ended["queued"] == 0


def test_requests_that_hang_are_cut_and_slow_nothing_down() -> None:
    one = window()
    night = simulate(SimulatedEndpoint(256, 1.0, 0.4, hanging=0.01), one, 4000)
    assert night.ended["hung"] >= 30
    assert night.ended["timed_out"] == night.ended["queued"] == 0
    assert one.size == 256
    assert night.seconds < 32  # 20 s of slots, of which one that hangs may hold one for a few seconds


def test_no_more_answers_are_cut_than_one_in_a_hundred() -> None:
    night = simulate(SimulatedEndpoint(256, 1.0, 1.0), window(), 6000)
    assert night.ended["hung"] <= 60


def test_a_server_that_becomes_slow_all_at_once_is_not_taken_for_one_that_hangs() -> None:
    one = window()
    simulate(SimulatedEndpoint(64, 1.0, 0.2), one, 2000)
    flights = []
    while one.is_open(10_000.0):
        flights.append(one.send(10_000.0))
    assert len(flights) > 16
    assert not any(one.hangs(flight, 10_050.0) for flight in flights)


def test_faults_of_single_requests_slow_nothing_down() -> None:
    one = window()
    night = simulate(SimulatedEndpoint(256, 1.0, 0.4, failing=0.08), one, 4000)
    assert one.size == 256
    assert night.seconds < 30


def test_in_an_outage_few_requests_are_sent_and_soon_after_it_all() -> None:
    night = simulate(SimulatedEndpoint(256, 1.0, 0.4, outage=(5.0, 10.0)), window(), 4000)
    assert night.ended["failed"] < 256 + 80  # what was in flight, and one now and then
    assert night.seconds < 17 * 1.08 + 10 + 4


def test_an_unknown_endpoint_gets_one_request_and_few_more_before_it_has_answered() -> None:
    one = window()
    one.send(0.0)
    assert not one.is_open(0.01)
    sent = 1
    while one.is_open(50.0):
        one.send(50.0)
        sent += 1
    assert sent == 4


def test_a_time_out_of_a_request_that_was_alone_is_its_own() -> None:
    one = window()
    flight = one.send(0.0)
    assert not one.timed_out(flight, TIMEOUT_S)


def test_a_burst_of_time_outs_slows_down_once() -> None:
    one = window()
    flights = [one.send(0.0) for _ in range(4)]
    assert [one.timed_out(flight, TIMEOUT_S) for flight in reversed(flights)] == [True, True, True, False]
    assert one.size == 1


def test_failures_in_a_row_lengthen_the_pause_up_to_ten_seconds() -> None:
    one, now, pauses = window(), 0.0, []
    while now < 1000:
        flight = one.send(now)
        one.failed(flight, now)
        one.end(flight)
        if one.resumes_at > now:
            pauses.append(one.resumes_at - now)
            now = one.resumes_at
    assert pauses == pytest.approx(sorted(pauses))
    assert (pauses[0], pauses[-1]) == (pytest.approx(0.1), pytest.approx(10.0))
    assert one.out_s(now) == now
    one.answered(one.send(now), now + 1)
    assert one.out_s(now + 1) == 0


def test_the_advice_tells_how_many_it_answers_at_a_time_and_names_both_settings() -> None:
    one = window()
    assert one.advice == ""
    simulate(SimulatedEndpoint(1, 45.0), one, 20)
    assert "about 1 at a time in 45 s" in one.advice
    silent = window()
    silent.timed_out(silent.send(0.0), TIMEOUT_S)
    assert "No answer came within 60 s" in silent.advice
    for advice in (one.advice, silent.advice):
        assert "OWNVOICE_REQUEST_TIMEOUT_S (60)" in advice
        assert "OWNVOICE_MAX_REQUESTS_IN_FLIGHT (256)" in advice


def test_nothing_is_bound_before_enough_answers_are_known() -> None:
    assert window().latencies.bound_s == math.inf
