"""A whole refresh whose articles and lake stand on the same store."""

from __future__ import annotations

import datetime as dt

from ownvoice.config.run import RefreshRun
from ownvoice.dataset.verify import verify
from ownvoice.llm.client import ModelAccess
from ownvoice.refresh import refresh
from ownvoice.reports.text.report import report_lines
from ownvoice.storage.stores import ObjectStore
from stand_ins.night import RECIPE, article
from stand_ins.stores import on_any_store

HOLDS = "conditional creation holds (1 of 16 racers created the same object)"


@on_any_store
def test_a_refresh_says_what_it_found_out_about_its_store(lake, offline_model):
    source = ObjectStore(f"{lake.uri}-articles", lake.store.access, create_folder=True)
    source.write("2026/a.md", article("a").encode())
    source.write("2026/b.md", article("b").encode())
    steps = []

    def run(run_id):
        night = RefreshRun(
            run_id=run_id,
            refresh_date=dt.date(2026, 2, 1),
            articles_uri=source.uri,
            recipe=RECIPE,
            max_generation_tasks=1,
        )
        access = ModelAccess(offline_model.base_url, offline_model.api_key)
        return refresh(lake, source, night, lambda _: access, steps.append, lambda _: None)

    report = run("one")
    assert steps[0] == f"store: {HOLDS}"
    assert f"store {HOLDS}" in " ".join(" ".join(report_lines(report)).split())
    assert report.articles["appeared"] == 2
    assert verify(lake).pairs == report.pairs.total > 5
    assert run("two").version is None
