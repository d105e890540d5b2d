"""The rows of `tables/runs`, whichever report writes them."""

from __future__ import annotations

import datetime as dt

from ownvoice.dataset.run_row import write_run_row
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.tables import RUNS


def row(run_id, verdict="pass"):
    given = {"run_id": run_id, "kind": "training", "refresh_date": dt.date(2026, 2, 2), "verdict": verdict}
    return dict.fromkeys(RUNS.names) | given


def verdicts(lake):
    return {one["run_id"]: one["verdict"] for batch in scan(lake.table("runs")) for one in batch.to_pylist()}


def test_a_row_that_another_writer_got_in_the_way_of_is_written_on_top_of_theirs(lake, monkeypatch):
    write_run_row(lake, row("one"))
    opened = Lake.table_for_writing

    def overtaken(self, name):
        table = opened(self, name)
        monkeypatch.undo()
        write_run_row(lake, row("theirs"))
        return table

    monkeypatch.setattr(Lake, "table_for_writing", overtaken)
    write_run_row(lake, row("one", "warn"))
    assert verdicts(lake) == {"one": "warn", "theirs": "pass"}
    newest = lake.table("runs").version()
    assert all(b'"mark"' in lake.log_entry("runs", number) for number in (newest, newest - 1))
