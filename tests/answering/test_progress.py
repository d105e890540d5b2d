from __future__ import annotations

from itertools import accumulate, islice

from ownvoice.answering.progress import report_intervals_s


def test_reports_become_rarer_and_a_night_of_eight_hours_has_some_five_hundred() -> None:
    intervals = list(islice(report_intervals_s(), 1000))
    assert intervals == sorted(intervals)
    assert set(intervals) == {5, 10, 30, 60}
    told_s = list(accumulate(intervals))
    assert sum(at <= 60 for at in told_s) == 12
    assert sum(at <= 8 * 3600 for at in told_s) < 550
