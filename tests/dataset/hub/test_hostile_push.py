"""Articles that attack their readers, through a whole refresh to the Hub: they are text there too."""

from __future__ import annotations

import datetime as dt
import io

import pyarrow.parquet as pq
import yaml

from ownvoice.recipe import GenerationRecipe
from ownvoice.refresh import refresh
from ownvoice.run import RefreshRun
from ownvoice.stores import ObjectStore
from ownvoice.triples.client import ModelAccess
from ownvoice.triples.offline_model import OFFLINE_MODEL
from stand_ins.hostile_articles import HOSTILE_ARTICLES, write_hostile_articles


def test_every_fragment_reaches_the_files_as_it_was_written_and_the_card_stays_a_card(
    lake, offline_model, tmp_path, hub, push
):
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
    refresh(lake, source, run, lambda _: access, lambda _: None, lambda _: None)
    push()
    tree = hub.repositories["ann/pairs"].main
    files = {path: pq.read_table(io.BytesIO(data)) for path, data in tree.items() if path.endswith(".parquet")}
    chosen = [text for path, file in files.items() if path.startswith("data/") for text in file["chosen"].to_pylist()]
    origins = [file for path, file in files.items() if path.startswith("provenance/")]
    authors = {name for file in origins for name in file["author_id"].to_pylist()}
    assert [one.name for one in HOSTILE_ARTICLES if not any(one.fragment in text for text in chosen)] == []
    assert authors == {one.author_id for one in HOSTILE_ARTICLES}
    card = tree["README.md"].decode()
    assert yaml.safe_load(card.split("---\n")[1]).keys() == {"tags", "size_categories", "configs"}
    assert all(line.isprintable() for line in card.splitlines())
    assert "<" not in card.partition("---\n# ")[2].partition("```")[0]
