"""With which reports a night is compared: those of full runs before it, the newest first."""

from __future__ import annotations

import datetime as dt

from ownvoice.reports.report import read_report, write_report
from ownvoice.storage.run_keys import RunKeys
from stand_ins.night import Night


def day(number: int) -> dt.date:
    return dt.date(2026, 2, number)


def warned(report, *, new: bool):
    return {one.name for one in report.warnings if one.is_new is new}


def test_a_second_night_lists_what_stands_and_a_retry_or_a_dry_run_between_them_changes_nothing(
    lake, tmp_path, offline_model
):
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write("a", "b", "c", "d", "e", "f")
    night.run("one", refresh_date=day(1))
    first = write_report(lake, "one")
    assert warned(first, new=True)
    assert not warned(first, new=False)
    night.list_and_plan("dry", dry_run=True, refresh_date=day(2))
    write_report(lake, "dry")
    night.run("retry", retry="dead", refresh_date=day(2))
    write_report(lake, "retry")
    night.run("quiet", refresh_date=day(3))
    assert write_report(lake, "quiet").data.verdict == "nothing_new"
    night.edit("a", "One more sentence was written on the following morning, at the desk.")
    night.run("two", refresh_date=day(4))
    second = write_report(lake, "two")
    assert warned(second, new=True) == set()
    assert warned(second, new=False) == warned(first, new=True)
    assert write_report(lake, "two") == second, "a repeated step writes the same again"
    assert read_report(lake, "one") == first


def test_of_two_nights_of_one_date_the_earlier_one_is_the_one_that_began_first(lake, tmp_path, offline_model):
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write("a", "b", "c", "d", "e", "f")
    night.run("scheduled")
    write_report(lake, "scheduled")
    night.edit("a", "One more sentence was written on the following morning, at the desk.")
    night.run("manual")  # its id comes first in the alphabet
    assert warned(write_report(lake, "manual"), new=True) == set()
    assert warned(write_report(lake, "scheduled"), new=False) == set()


def test_an_earlier_report_that_cannot_be_read_or_is_gone_costs_only_the_comparison(lake, tmp_path, offline_model):
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write("a", "b", "c", "d", "e", "f")
    night.run("one", refresh_date=day(1))
    first = write_report(lake, "one")
    night.edit("a", "One more sentence was written on the following morning, at the desk.")
    night.run("two", refresh_date=day(2))
    for damage in (b'{"run_id": "one", "triples": 3}', b"not JSON", None):
        key = RunKeys("one").report
        lake.store.delete(key) if damage is None else lake.store.write(key, damage)
        assert warned(write_report(lake, "two"), new=True) == warned(first, new=True)
