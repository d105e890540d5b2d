"""Sources as teams have them, through the first steps of a run: sidecars, consent, large files, refusing stores."""

from __future__ import annotations

import datetime as dt
import gzip
import json

import pytest

from ownvoice.articles.article import Article
from ownvoice.articles.changeset import read_listing
from ownvoice.articles.objects import list_objects
from ownvoice.articles.source import read_objects
from ownvoice.config.source_rules import SourceRules
from ownvoice.states import ArticleState
from stand_ins.source_objects import json_lines, parquet

TODAY = dt.date(2026, 3, 10)
RULES = SourceRules()


on_both_stores = pytest.mark.parametrize("source", ["folder", "s3_access"], indirect=True)


@on_both_stores
def test_every_format_is_found_on_every_store_and_every_fault_is_named(night, source):
    source.write("a.md", b"One.")
    source.write(
        "b.jsonl.gz",
        gzip.compress(json_lines({"id": "b1", "content": "Two."}, {"id": "b2"}, {"content": "Three."}).encode()),
    )
    source.write("c.parquet", parquet({"content": ["Four.", None]}))
    source.write("d.json", json.dumps({"content": "Five."}).encode())
    source.write("e.html", b"<html><body></body></html>")
    source.write("f.txt.zst", b"not packed")
    source.write("g.txt", b"")
    source.write("h.png", b"\x89PNG")
    source.write("i.yaml", b"title: nobody's sidecar")
    assert night() == {"appeared": 5, "quarantined": 5}
    assert night.reasons == {
        "b.jsonl.gz#1": "missing_field",
        "c.parquet#1": "missing_field",
        "e.html": "no_main_text",
        "f.txt.zst": "bad_archive",
        "g.txt": "empty",
    }
    assert set(night.articles) == {"a.md", "b1", "b.jsonl.gz#2", "c.parquet#0", "d.json"}


@on_both_stores
def test_an_object_is_not_read_again_while_nothing_of_it_changed(night, source, monkeypatch):
    source.write("a.md", b"One.")
    source.write("a.yaml", b"title: T")
    source.write("b.jsonl", json_lines({"content": "Two."}, {"content": ""}).encode())
    source.write("c.parquet", parquet({"content": ["Three."]}))
    night()
    read = []
    read_range = source.read_range
    monkeypatch.setattr(source, "read_range", lambda one, *part: read.append(one.key) or read_range(one, *part))
    assert night() == {"unchanged": 3}
    assert read == []
    source.write("a.yaml", b"title: Another")
    assert night() == {"unchanged": 3}
    assert read == ["a.md", "a.yaml"]
    assert night.articles["a.md"].title == "Another"


def test_after_a_change_of_the_rules_everything_is_read_again(night, source):
    source.write("a.jsonl", json_lines({"content": "One.", "meta": {"writer": "jane"}}).encode())
    night()
    assert night.articles["a.jsonl#0"].author_id == "unknown"
    assert night(source=SourceRules(fields={"meta.writer": "author_id"})) == {"renamed": 1}
    assert night.articles["a.jsonl#0"].author_id == "jane"
    assert night(source=SourceRules(fields={"meta.writer": "author_id"})) == {"unchanged": 1}


@pytest.mark.parametrize(
    ("sidecar", "data"),
    [
        ("a.json", b'{"id": "x", "author": "jane"}'),
        ("a.yml", b"id: x\nauthor: jane"),
        ("a.YAML", b"ID: x\nAuthor: jane"),
        ("a.toml", b'id = "x"\nauthors = ["jane"]'),
        ("a.JSON.gz", gzip.compress(b'{"id": "x", "author": "jane"}', mtime=0)),
    ],
)
@pytest.mark.parametrize("article", ["a.md", "a.html.gz", "a.txt"])
def test_a_sidecar_says_what_its_article_does_not(night, source, article, sidecar, data):
    text = b"<html><body><p>" + b"A long enough paragraph, I should say. " * 9 + b"</p></body></html>"
    source.write(f"2026/{article}", gzip.compress(text) if article.endswith("gz") else text)
    source.write(f"2026/{sidecar}", data)
    assert night() == {"appeared": 1}
    assert night.articles["x"].author_id == "jane"


@pytest.mark.parametrize(
    "data", [b"{", b"[]", b"\xff", b"", b'{"content": "I am an article myself."}', b" " * (2 << 20)]
)
def test_an_article_whose_sidecar_cannot_be_read_is_left_out(night, source, data):
    source.write("a.md", b"One.")
    source.write("a.json", data)
    source.write("b.md", b"Two.")
    assert night() == {"appeared": 1, "quarantined": 1}
    assert night.reasons == {"a.md": "bad_sidecar"}


def test_an_article_that_becomes_a_draft_is_retired_and_counted_and_comes_back(night, source):
    source.write("a.md", b"One.")
    source.write("b.md", b"Two.")
    night()
    source.write("a.md", b"---\ndraft: true\n---\nOne.")
    assert night() == {"unchanged": 1, "vanished": 1}
    assert read_listing(night.lake, night.run).passed_over == {"draft": 1}
    assert night.articles["a.md"].state is ArticleState.REMOVED
    assert night(source=SourceRules(drafts=True)) == {"appeared": 1, "unchanged": 1}


def test_two_articles_of_one_object_with_the_same_id_leave_one(night, source):
    source.write(
        "a.jsonl",
        json_lines({"id": "x", "content": "One."}, {"id": "x", "content": "Two."}, {"content": "Three."}).encode(),
    )
    assert night() == {"appeared": 2, "quarantined": 1}
    assert night.reasons == {"a.jsonl#1": "repeated_id"}


@on_both_stores
def test_day_folders_hold_every_format_and_a_reconcile_finds_what_is_older(night, source):
    source.write(
        "dt=2026-03-01/old.jsonl",
        json_lines({"id": "old", "content": "Old."}, {"id": "gone", "content": "Gone."}).encode(),
    )
    source.write("dt=2026-03-10/new.parquet", parquet({"id": ["new"], "content": ["New."]}))
    assert night(reconcile_every_days=30) == {"appeared": 3}
    source.write("dt=2026-03-01/old.jsonl", json_lines({"id": "old", "content": "Old, edited."}).encode())
    source.write("dt=2026-03-12/today.html.gz", gzip.compress(b"<p>" + b"Today it rained once more. " * 20 + b"</p>"))
    assert night(reconcile_every_days=30) == {"appeared": 1, "unchanged": 1}
    assert night(reconcile=True) == {"edited": 1, "vanished": 1, "unchanged": 2}


@on_both_stores
def test_a_large_file_is_read_as_it_is_parsed(source, monkeypatch):
    monkeypatch.setattr("ownvoice.storage.streamed._BUFFER_BYTES", 10_000)
    source.write(
        "a.jsonl", json_lines(*({"content": f"Number {number}. " + "x" * 1000} for number in range(1000))).encode()
    )
    asked = []
    read_range = source.read_range
    monkeypatch.setattr(source, "read_range", lambda one, *part: asked.append(part) or read_range(one, *part))
    ((_, parsed),) = read_objects(source, list_objects(source, [""], RULES).listed.values(), RULES)
    first = next(parsed)
    assert first.content.startswith("Number 0.")
    assert len(asked) <= 2
    assert sum(isinstance(one, Article) for one in parsed) == 999
    assert len(asked) > 100


@on_both_stores
def test_an_object_that_is_overwritten_while_it_is_read_is_read_again_by_the_next_run(night, source, monkeypatch):
    monkeypatch.setattr("ownvoice.storage.streamed._BUFFER_BYTES", 100)
    texts = [{"id": str(number), "content": f"Number {number}. " + "x" * 100} for number in range(10)]
    source.write("a.jsonl", json_lines(*texts).encode())
    read_range = source.read_range

    def overtaken(stored, start, length):
        if start > 500:
            source.write("a.jsonl", json_lines(*texts[::-1]).encode())
        return read_range(stored, start, length)

    monkeypatch.setattr(source, "read_range", overtaken)
    counts = night()
    assert 0 < counts.pop("appeared") < 10
    assert counts == {"quarantined": 1}
    assert night.reasons == {"a.jsonl": "unreadable"}
    monkeypatch.setattr(source, "read_range", read_range)
    assert night()["appeared"] > 0
    assert len(night.articles) == 10
    assert night() == {"unchanged": 10}
