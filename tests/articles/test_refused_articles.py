"""What metadata and sidecars refuse is never asked about, whatever else is wrong beside it."""

from __future__ import annotations

import gzip
import json

import pytest

from ownvoice.articles.changeset import pending_articles, read_listing
from ownvoice.config.source_rules import SourceRules
from ownvoice.states import ArticleState
from stand_ins.source_objects import json_lines, parquet


@pytest.mark.parametrize("article", ["a.md", "a.jsonl", "a.parquet", "a.txt.gz"])
def test_a_refusal_in_any_of_several_sidecars_is_heard(night, source, article):
    data = {"a.jsonl": json_lines({"content": "One."}).encode(), "a.parquet": parquet({"content": ["One."]})}.get(
        article, b"One."
    )
    source.write(article, gzip.compress(data) if article.endswith("gz") else data)
    source.write("a.json", b'{"consent": "yes"}')
    source.write("a.YML", b"consent: no")
    assert night() == {"withheld": 1}
    source.write("a.YML", b"consent: yes")
    assert night() == {"promoted": 1}


def test_a_sidecar_of_many_articles_speaks_of_all_but_names_none(night, source):
    source.write("a.jsonl", json_lines({"content": "One.", "author": "ada"}, {"content": "Two."}).encode())
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
    source.write("a.jsonl", json_lines({"content": "One."}).encode())
    source.write("a.json", json.dumps({"content": "Two."}).encode())
    source.write("b.jsonl", json_lines({"content": "Three."}).encode())
    source.write("b.json", json.dumps([{"content": "Four.", "consent": "no"}]).encode())
    source.write("c.jsonl", json_lines({"content": "Five."}).encode())
    source.write("c.json", json.dumps([{"content": f"{number}. " + "x" * 900} for number in range(99)]).encode())
    assert night() == {"appeared": 103, "withheld": 1}
    source.write("a.json", b'{"consent": "no"}')
    assert night() == {"unchanged": 102, "vanished": 1, "withheld": 1}
    assert night.reasons == {}
    source.write("a.json", b'{"consent": ')
    night()
    assert night.reasons == {"a.json": "bad_json", "a.jsonl": "bad_sidecar"}


def test_a_draft_with_an_id_is_retired_even_where_another_part_of_its_object_is_broken(night, source):
    source.write("a.jsonl", json_lines({"id": "a1", "content": "One."}, {"id": "a2", "content": "Two."}).encode())
    source.write("b.jsonl", json_lines({"id": "b1", "content": "Three."}).encode())
    night()
    source.write("a.jsonl", json_lines({"id": "a1", "content": "One.", "draft": True}).encode() + b"\n{")
    source.write("c.jsonl", json_lines({"id": "b1", "draft": True, "content": "A draft of it."}).encode())
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
