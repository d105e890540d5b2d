"""When batches were at work, and when what went wrong."""

from __future__ import annotations

import datetime as dt

from ownvoice.reports.timeline import batch_times, faults_over_time, slowest

BEGAN = dt.datetime(2026, 2, 1, 2, tzinfo=dt.UTC)


def chunk(batch: str, *tries: tuple[float, str], state: str = "answered", index: int = 0) -> dict:
    written = [{"at": (BEGAN + dt.timedelta(seconds=at)).isoformat(), "result": result} for at, result in tries]
    return {"batch": batch, "article_id": "a", "chunk_index": index, "state": state, "tries": written, "latency_s": 1.0}


def test_a_batch_lasts_from_the_start_of_its_first_try_to_the_end_of_its_last():
    (one,) = batch_times(
        [chunk("b", (5, "answered")), chunk("b", (1, "rate_limited"), (9, "answered"), index=1)], BEGAN
    )
    assert (one.took_s, one.chunks, one.tries, one.faults, one.label) == (9.0, 2, 3, 1, "a 0-1")


def test_a_batch_that_was_not_asked_took_no_time():
    (one,) = batch_times([chunk("b", state="deferred")], BEGAN)
    assert one.took_s is None
    assert slowest([one]) == []


def test_the_slowest_batches_come_first():
    batches = batch_times(
        [chunk(name, (0, "answered"), (took, "answered")) for name, took in (("x", 3), ("y", 9), ("z", 6))],
        BEGAN,
    )
    assert [one.name for one in slowest(batches, most=2)] == ["y", "z"]


def test_every_try_that_went_wrong_is_counted_once():
    chunks = [
        chunk("b", *((second, "rate_limited") for second in range(100)), (101, "answered")),
        chunk("b", (50, "bad_json")),
    ]
    found = faults_over_time(chunks, BEGAN)
    assert sum(one.tries for one in found) == 101
    assert {one.fault for one in found} == {"rate_limited", "bad_json"}


def test_where_nothing_went_wrong_there_is_nothing_to_draw():
    assert faults_over_time([chunk("b", (1, "answered"))], BEGAN) == []


def test_tries_of_earlier_nights_are_none_of_tonight():
    last_night = ((-86_400, "bad_json"), (-86_390, "bad_json"))
    chunks = [chunk("b", *last_night, (5, "rate_limited"), (9, "answered")), chunk("stored", (-86_395, "answered"))]
    asked, stored = batch_times(chunks, BEGAN)
    assert (asked.took_s, asked.tries, asked.faults) == (5.0, 2, 1)
    assert (stored.took_s, stored.tries) == (None, 0)
    assert [one.fault for one in faults_over_time(chunks, BEGAN)] == ["rate_limited"]
