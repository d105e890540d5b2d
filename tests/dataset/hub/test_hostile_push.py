"""Articles that attack their readers, through a whole refresh to the Hub: they are text there too."""

from __future__ import annotations

import io

import pyarrow.parquet as pq
import yaml

from stand_ins.hostile_articles import HOSTILE_ARTICLES, write_hostile_articles
from stand_ins.offline_night import offline_night


def test_every_fragment_reaches_the_files_as_it_was_written_and_the_card_stays_a_card(lake, tmp_path, hub, push):
    (tmp_path / "articles").mkdir()
    write_hostile_articles(tmp_path / "articles")
    offline_night(lake, tmp_path / "articles")
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
