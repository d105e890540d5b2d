"""Articles that attack their readers, through a whole refresh: they are text, and stay text."""

from __future__ import annotations

import datetime as dt

import pyarrow.parquet as pq

from ownvoice.dataset.export import export
from ownvoice.dataset.verify import verify
from ownvoice.monitoring.text import report_lines
from ownvoice.recipe import GenerationRecipe
from ownvoice.refresh import refresh
from ownvoice.run import RefreshRun
from ownvoice.stores import ObjectStore
from ownvoice.triples.client import ModelAccess
from ownvoice.triples.offline_model import OFFLINE_MODEL
from stand_ins.hostile_articles import HOSTILE_ARTICLES, write_hostile_articles


def test_every_fragment_reaches_the_dataset_as_it_was_written_and_nothing_breaks(lake, offline_model, tmp_path):
    source = ObjectStore((tmp_path / "articles").as_uri(), create_folder=True)
    write_hostile_articles(tmp_path / "articles")
    run = RefreshRun(
        run_id="hostile",
        refresh_date=dt.date(2026, 4, 1),
        articles_uri=source.uri,
        recipe=GenerationRecipe(model=OFFLINE_MODEL),
        max_generation_tasks=1,
    )
    access = ModelAccess(offline_model.base_url, offline_model.api_key)
    report = refresh(lake, source, run, lambda _: access, lambda _: None, lambda _: None)
    assert report["articles"]["appeared"] == len(HOSTILE_ARTICLES)
    assert all(line.isprintable() for line in report_lines(report))
    assert verify(lake).passed

    export(lake, tmp_path / "out")
    files = [pq.read_table(tmp_path / "out" / f"{split}.parquet") for split in ("train", "test")]
    chosen = [text for file in files for text in file["chosen"].to_pylist()]
    lost = [one.name for one in HOSTILE_ARTICLES if not any(one.fragment in text for text in chosen)]
    assert lost == []
