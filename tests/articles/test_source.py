"""Sources as teams have them, through the first steps of a run: sidecars, consent, large files, refusing stores."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import re
import uuid

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ownvoice.articles.article import Article, Reason
from ownvoice.articles.changeset import pending_articles, read_listing
from ownvoice.articles.objects import list_objects
from ownvoice.articles.source import read_objects
from ownvoice.config.source_rules import SourceRules
from ownvoice.errors import StorageAccessError
from ownvoice.states import ArticleState
from ownvoice.storage.stores import ObjectStore
from stand_ins.listing_nights import Nights
from stand_ins.s3_server import enforce_policies, make_bucket, running_s3_server

TODAY = dt.date(2026, 3, 10)
RULES = SourceRules()


on_both_stores = pytest.mark.parametrize("source", ["folder", "s3_access"], indirect=True)


@pytest.fixture
def source(request, tmp_path):
    server = getattr(request, "param", "folder")
    if server == "folder":
        return ObjectStore((tmp_path / "articles").as_uri(), create_folder=True)
    access = request.getfixturevalue(server)
    return ObjectStore(f"{make_bucket(access, f'source-{uuid.uuid4().hex}')}/blog", access)


@pytest.fixture
def night(lake, source):
    return Nights(lake, source)


def lines(*items):
    return "\n".join(map(json.dumps, items)).encode()


def parquet(**columns):
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


@on_both_stores
def test_every_format_is_found_on_every_store_and_every_fault_is_named(night, source):
    source.write("a.md", b"One.")
    source.write(
        "b.jsonl.gz", gzip.compress(lines({"id": "b1", "content": "Two."}, {"id": "b2"}, {"content": "Three."}))
    )
    source.write("c.parquet", parquet(content=["Four.", None]))
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
    source.write("b.jsonl", lines({"content": "Two."}, {"content": ""}))
    source.write("c.parquet", parquet(content=["Three."]))
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
    source.write("a.jsonl", lines({"content": "One.", "meta": {"writer": "jane"}}))
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


@pytest.mark.parametrize("article", ["a.md", "a.jsonl", "a.parquet", "a.txt.gz"])
def test_a_refusal_in_any_of_several_sidecars_is_heard(night, source, article):
    data = {"a.jsonl": lines({"content": "One."}), "a.parquet": parquet(content=["One."])}.get(article, b"One.")
    source.write(article, gzip.compress(data) if article.endswith("gz") else data)
    source.write("a.json", b'{"consent": "yes"}')
    source.write("a.YML", b"consent: no")
    assert night() == {"withheld": 1}
    source.write("a.YML", b"consent: yes")
    assert night() == {"promoted": 1}


def test_a_sidecar_of_many_articles_speaks_of_all_but_names_none(night, source):
    source.write("a.jsonl", lines({"content": "One.", "author": "ada"}, {"content": "Two."}))
    source.write("a.yaml", b"id: x\ntitle: All of them\nauthor: jane\nlicence: MIT")
    source.write("b.json", json.dumps([{"content": "Three."}, {"content": "Four."}]).encode())
    source.write("b.toml", b"draft = true")
    source.write("c.json", b'{"content": "Five."}')
    source.write("c.yaml", b"id: y\ntitle: Five")
    night()
    found = {i: (one.author_id, one.title, one.licence) for i, one in night.articles.items()}
    assert found == {
        "a.jsonl#0": ("ada", "", "MIT"),
        "a.jsonl#1": ("jane", "", "MIT"),
        "y": ("unknown", "Five", ""),
    }
    assert read_listing(night.lake, night.run).passed_over == {"draft": 2}


def test_a_json_beside_many_articles_may_be_their_sidecar_or_hold_articles(night, source):
    source.write("a.jsonl", lines({"content": "One."}))
    source.write("a.json", json.dumps({"content": "Two."}).encode())
    source.write("b.jsonl", lines({"content": "Three."}))
    source.write("b.json", json.dumps([{"content": "Four.", "consent": "no"}]).encode())
    source.write("c.jsonl", lines({"content": "Five."}))
    source.write("c.json", json.dumps([{"content": f"{number}. " + "x" * 900} for number in range(99)]).encode())
    assert night() == {"appeared": 103, "withheld": 1}
    source.write("a.json", b'{"consent": "no"}')
    assert night() == {"unchanged": 102, "vanished": 1, "withheld": 1}
    assert night.reasons == {}
    source.write("a.json", b'{"consent": ')
    night()
    assert night.reasons == {"a.json": "bad_json", "a.jsonl": "bad_sidecar"}


def test_a_draft_with_an_id_is_retired_even_where_another_part_of_its_object_is_broken(night, source):
    source.write("a.jsonl", lines({"id": "a1", "content": "One."}, {"id": "a2", "content": "Two."}))
    source.write("b.jsonl", lines({"id": "b1", "content": "Three."}))
    night()
    source.write("a.jsonl", lines({"id": "a1", "content": "One.", "draft": True}) + b"\n{")
    source.write("c.jsonl", lines({"id": "b1", "draft": True, "content": "A draft of it."}))
    assert night() == {"unchanged": 2, "quarantined": 1, "vanished": 1}
    assert night.articles["a1"].state is ArticleState.REMOVED


def test_licence_and_consent_are_carried_along(night, source):
    source.write("a.md", b"---\nlicence: CC-BY-4.0\nconsent: yes\nauthor: jane\n---\nOne.")
    source.write("b.md", b"---\nauthor: john\n---\nTwo.")
    night(source=SourceRules(authors={"john": {"licence": "MIT"}}))
    terms = {i: (article.licence, article.consent) for i, article in night.articles.items()}
    assert terms == {"a.md": ("CC-BY-4.0", "yes"), "b.md": ("MIT", "")}


def test_an_article_without_consent_is_counted_and_never_asked_about(night, source):
    source.write("a.md", b"---\nconsent: no\n---\nOne.")
    source.write("b.md", b"Two.")
    assert night() == {"appeared": 1, "withheld": 1}
    assert night.articles["a.md"].state is ArticleState.CONSENT_REFUSED
    assert [article.article_id for article in pending_articles(night.lake, night.run)] == ["b.md"]
    assert night() == {"unchanged": 2}
    source.write("a.md", b"---\nconsent: no\n---\nOne, edited.")
    assert night() == {"withheld": 1, "unchanged": 1}
    source.write("a.md", b"---\nconsent: yes\n---\nOne, edited.")
    assert night() == {"promoted": 1, "unchanged": 1}
    assert night.articles["a.md"].state is ArticleState.PENDING


def test_a_refusal_speaks_for_every_copy_of_the_text_and_so_does_its_end(night, source):
    source.write("a.md", b"---\nid: a\n---\nThe same.")
    source.write("b.md", b"---\nid: b\n---\nThe same.")
    assert night() == {"appeared": 1, "copied": 1}
    source.write("b.md", b"---\nid: b\nconsent: no\n---\nThe same.")
    assert night() == {"withheld": 2}
    source.delete("b.md")
    assert night() == {"promoted": 1, "vanished": 1}


def test_an_author_is_taken_out_by_a_setting(night, source):
    source.write("a.md", b"---\nauthor: jane\n---\nOne.")
    source.write("b.md", b"---\nauthor: john\n---\nTwo.")
    night()
    assert night(source=SourceRules(authors={"jane": {"consent": "no"}})) == {"withheld": 1, "unchanged": 1}
    assert night() == {"promoted": 1, "unchanged": 1}


def test_two_articles_of_one_object_with_the_same_id_leave_one(night, source):
    source.write(
        "a.jsonl", lines({"id": "x", "content": "One."}, {"id": "x", "content": "Two."}, {"content": "Three."})
    )
    assert night() == {"appeared": 2, "quarantined": 1}
    assert night.reasons == {"a.jsonl#1": "repeated_id"}


@on_both_stores
def test_day_folders_hold_every_format_and_a_reconcile_finds_what_is_older(night, source):
    source.write("dt=2026-03-01/old.jsonl", lines({"id": "old", "content": "Old."}, {"id": "gone", "content": "Gone."}))
    source.write("dt=2026-03-10/new.parquet", parquet(id=["new"], content=["New."]))
    assert night(reconcile_every_days=30) == {"appeared": 3}
    source.write("dt=2026-03-01/old.jsonl", lines({"id": "old", "content": "Old, edited."}))
    source.write("dt=2026-03-12/today.html.gz", gzip.compress(b"<p>" + b"Today it rained once more. " * 20 + b"</p>"))
    assert night(reconcile_every_days=30) == {"appeared": 1, "unchanged": 1}
    assert night(reconcile=True) == {"edited": 1, "vanished": 1, "unchanged": 2}


@on_both_stores
def test_a_large_file_is_read_as_it_is_parsed(source, monkeypatch):
    monkeypatch.setattr("ownvoice.storage.streamed._BUFFER_BYTES", 10_000)
    source.write("a.jsonl", lines(*({"content": f"Number {number}. " + "x" * 1000} for number in range(1000))))
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
    source.write("a.jsonl", lines(*texts))
    read_range = source.read_range

    def overtaken(stored, start, length):
        if start > 500:
            source.write("a.jsonl", lines(*texts[::-1]))
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


class TestARefusingStore:
    """moto with its policies in force: what a user may not do is answered with 403."""

    @pytest.fixture
    def server(self, tmp_path):
        with running_s3_server(tmp_path / "requests.log") as access:
            self.uri = make_bucket(access, "articles")
            store = ObjectStore(self.uri, access)
            store.write("a.md", b"One.")
            store.write("b.jsonl", lines({"content": "Two."}))
            yield access

    def refresh(self, lake, access):
        return Nights(lake, ObjectStore(self.uri, access))()

    @pytest.mark.parametrize(
        ("may", "what"), [("s3:GetObject", "listing"), ("s3:ListBucket", "a.md")], ids=["no listing", "no reading"]
    )
    def test_is_named_with_what_was_asked_and_what_to_do(self, lake, server, may, what):
        message = re.escape(
            f"s3://articles ({what}): access denied. Check the key or role of its connection, and that it"
        )
        with pytest.raises(StorageAccessError, match=message) as caught:
            self.refresh(lake, enforce_policies(server, may))
        assert not caught.value.retryable
        assert lake.read_json("cursor.json") is None

    def test_a_user_who_may_list_and_read_needs_no_more(self, lake, server):
        assert self.refresh(lake, enforce_policies(server, "s3:ListBucket", "s3:GetObject")) == {"appeared": 2}

    def test_one_refused_object_costs_nobody_else_anything(self, lake, server, monkeypatch):
        source = ObjectStore(self.uri, enforce_policies(server, "s3:ListBucket", "s3:GetObject"))
        read_range = source.read_range
        refused = ObjectStore(self.uri, server).read_range
        monkeypatch.setattr(
            source, "read_range", lambda one, *part: (refused if one.key == "a.md" else read_range)(one, *part)
        )
        night = Nights(lake, source)
        assert night() == {"appeared": 1, "quarantined": 1}
        assert night.reasons == {"a.md": Reason.UNREADABLE}
