"""The recipes of docs/extend.md: each is followed here as it is written, and must work."""

from __future__ import annotations

import datetime as dt
import gzip
import re
from pathlib import Path

import ownvoice.articles.formats.table as formats
from ownvoice.articles.changeset import read_changes, read_listing
from ownvoice.articles.scan import list_new_articles
from ownvoice.config.run import RefreshRun
from ownvoice.storage.stores import ObjectStore

RECIPES = (Path(__file__).parent.parent / "docs" / "extend.md").read_text(encoding="utf-8")


def code_of(heading):
    """Return the blocks of Python in one section of the page."""
    section = RECIPES.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"```python\n(.*?)```", section, re.DOTALL)


def test_a_format_that_is_added_to_the_table_is_listed_read_and_quarantined(lake, tmp_path, monkeypatch):
    reader, entry = code_of("A source format")
    names = vars(formats).copy()
    exec(reader, names)
    monkeypatch.setattr(formats, "FORMATS", (*formats.FORMATS, eval(entry, names)))
    source = ObjectStore((tmp_path / "letters").as_uri(), create_folder=True)
    source.write("a.eml", b"From: jane\nSubject: On waiting\n\nThe train did not come.\n")
    source.write("a.json", b'{"licence": "CC0-1.0"}')
    source.write("b.eml.gz", gzip.compress(b"Subject: On rain\n\nIt rained.\n"))
    source.write("c.eml", b"Content-Type: text/html\n\n<p>No plain text.</p>")

    run = RefreshRun(run_id="one", refresh_date=dt.date(2026, 4, 1), articles_uri=source.uri)
    assert list_new_articles(lake, source, run) == {"appeared": 2, "unchanged": 0, "quarantined": 1}
    first, second = (change.row for change in read_changes(lake, run))
    assert (first.article_id, first.author_id, first.title, first.licence) == ("a.eml", "jane", "On waiting", "CC0-1.0")
    assert lake.original(second.article_sha256) == "It rained.\n"
    assert [one["reason"] for one in read_listing(lake, run).quarantined] == ["no_main_text"]
