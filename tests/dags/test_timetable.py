"""Unpausing a DAG runs nothing that has passed, and a restart of Airflow misses nothing."""

from __future__ import annotations

import datetime as dt

import pytest

from ownvoice.airflow.timetable import LATE_AFTER, PunctualCronTimetable

DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)


def next_run(scheduled: dt.datetime, last: dt.datetime | None, *, catchup: bool = False) -> dt.datetime:
    """Return when the next run is, as seen now, of a DAG that runs daily at the time of `scheduled`."""
    from airflow.timetables.base import DataInterval, TimeRestriction

    timetable = PunctualCronTimetable(f"{scheduled.minute} {scheduled.hour} * * *", timezone="UTC")
    found = timetable.next_dagrun_info(
        last_automated_data_interval=last and DataInterval.exact(last),
        restriction=TimeRestriction(earliest=scheduled - 100 * DAY, latest=None, catchup=catchup),
    )
    assert found is not None
    return found.run_after


@pytest.fixture
def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(second=0, microsecond=0)


@pytest.mark.parametrize("days_since_last", [None, 1, 30])
@pytest.mark.parametrize("late", [LATE_AFTER + 5 * MINUTE, dt.timedelta(hours=10), dt.timedelta(hours=23)])
def test_a_time_that_passed_while_the_dag_was_paused_is_not_made_up_for(now, late, days_since_last):
    scheduled = now - late
    last = days_since_last and scheduled - days_since_last * DAY
    assert next_run(scheduled, last) == scheduled + DAY


@pytest.mark.parametrize("late", [5 * MINUTE, LATE_AFTER - 5 * MINUTE])
def test_a_run_that_a_restart_made_late_begins_at_once(now, late):
    assert next_run(now - late, now - late - DAY) == now - late


def test_after_a_run_the_next_day_is_next(now):
    assert next_run(now - 5 * MINUTE, now - 5 * MINUTE) == now - 5 * MINUTE + DAY
    assert next_run(now + 60 * MINUTE, None) == now + 60 * MINUTE


def test_a_backfill_takes_every_time(now):
    assert next_run(now - 5 * DAY, now - 5 * DAY, catchup=True) == now - 4 * DAY
