"""Which refreshes are nights: dry runs, empty nights and retries say nothing of how nights usually are."""

from __future__ import annotations

import datetime as dt

from ownvoice.pages.refreshes import all_refreshes, refreshes_page
from ownvoice.reports.history import Refresh, compared
from ownvoice.reports.report import write_report
from stand_ins.night import Night

NOTHING = {"chunks_total": 0, "triples": 0, "kept": 0}
NIGHT = {"chunks_total": 100, "chunks_dead": 0, "triples": 500, "kept": 300, "dropped_not_verbatim": 50}
FEW = {"articles_retried": 1, "chunks_total": 10, "chunks_dead": 2, "triples": 40, "kept": 4}


def ran(counts, cost_usd: float) -> Refresh:
    return Refresh("run", dt.date(2026, 2, 1), "pass", 1, "recipe", counts, cost_usd=cost_usd)


def unusual_of(*ran_in_order: Refresh) -> list[tuple[str, ...]]:
    return [one.unusual for one in compared(ran_in_order)]


def test_nights_between_dry_runs_and_empty_nights_cost_what_nights_cost():
    others = (ran(NOTHING | {"dry_run": 1}, 0.0), ran(NOTHING, 0.0))
    assert not any(unusual_of(*(one for _ in range(7) for one in (*others, ran(NIGHT, 1.0)))))


def test_dry_runs_and_retries_push_no_night_out_of_those_that_tell_what_is_usual():
    others = [ran(NOTHING | {"dry_run": 1}, 0.0), ran(FEW, 0.01)] * 14
    assert unusual_of(*[ran(NIGHT, 1.0)] * 7, *others, ran(NIGHT, 3.0))[-1] == ("cost $3.00, usually $1.00",)


def test_a_retry_of_dead_chunks_is_not_held_against_nights():
    assert unusual_of(*[ran(NIGHT, 1.0)] * 7, ran(FEW, 9.0))[-1] == ()


def test_the_newest_is_the_newest_night_whatever_ran_since(lake, tmp_path, offline_model):
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write("a")
    night.list_and_plan("a try", dry_run=True)
    write_report(lake, "a try")
    assert refreshes_page(lake)["newest"].run_id == "a try", "there is no night yet"
    night.run("night")
    write_report(lake, "night")
    night.list_and_plan("dry", dry_run=True, refresh_date=dt.date(2026, 2, 2))
    write_report(lake, "dry")
    night.run("retry", retry="dead", refresh_date=dt.date(2026, 2, 3))
    write_report(lake, "retry")
    assert {one.run_id: one.is_full for one in all_refreshes(lake)} == {
        "retry": False,
        "dry": False,
        "night": True,
        "a try": False,
    }
    assert refreshes_page(lake)["newest"].run_id == "night"
