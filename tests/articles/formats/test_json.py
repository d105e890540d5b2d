"""Articles as JSON and JSON Lines: a broken one costs nobody else anything."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from ownvoice.articles.article import Article, Quarantined
from stand_ins.source_objects import book, json_lines, read, texts


def test_json_lines_are_articles_one_a_line():
    found = read("all.jsonl", json_lines({"id": "1", "content": "One."}, "", {"content": "Two.", "title": "T"}) + "\n")
    assert found == [
        Article("all.jsonl#0", "1", "unknown", "", "", "One."),
        Article("all.jsonl#2", None, "unknown", "T", "", "Two."),
    ]


def test_a_broken_line_costs_that_line_alone():
    good, bad = json.dumps({"content": "Good."}).encode(), b'{"content": "b\xe4d"}'
    found = read("all.ndjson", b"\n".join([good, b"{", bad, b"[]", b'{"content": " "}', b'{"x": 1}', good]))
    assert texts(found) == ["Good.", "bad_json", "not_utf8", "wrong_shape", "empty", "missing_field", "Good."]
    assert [one.source_key for one in found][1:3] == ["all.ndjson#1", "all.ndjson#2"]


def test_a_line_of_more_than_fifty_megabytes_costs_that_line_alone():
    good = json.dumps({"content": "Good."}).encode()
    assert texts(read("a.jsonl", b"\n".join([good, b"x" * (60 << 20), good]))) == ["Good.", "too_large", "Good."]


def test_a_json_object_is_an_article_and_a_list_holds_many():
    assert texts(read("a.json", json.dumps({"content": "One."}))) == ["One."]
    assert texts(read("a.json", json.dumps([{"content": "One."}, 7, {"content": "Two."}]))) == [
        "One.",
        "wrong_shape",
        "Two.",
    ]


def test_one_broken_item_leaves_the_others_whole():
    found = read("all.json", book({"content": "One."}, 7, {"content": ""}, {"content": "Two."}))
    assert [type(one) for one in found] == [Article, Quarantined, Quarantined, Article]
    assert [one.reason for one in found if isinstance(one, Quarantined)] == ["wrong_shape", "empty"]


def test_a_consent_beside_the_list_is_stated_for_all_its_articles():
    document = {"consent": "no", "artifact_data": [{"content": "One."}, {"content": "Two.", "consent": "yes"}]}
    assert [one.consent for one in read("all.json", json.dumps(document))] == ["no", "no"]


def test_a_name_that_stands_twice_with_two_values_hides_no_refusal():
    (article,) = read("a.jsonl", '{"content": "Text.", "consent": "no", "consent": "yes"}')
    assert article.consent == "no"
    (article,) = read("a.jsonl", '{"content": "Text.", "content": "Text.", "id": "7"}')
    assert (article.content, article.metadata_id) == ("Text.", "7")
    assert texts(read("a.jsonl", '{"content": "One.", "content": "Two."}')) == ["wrong_shape"]


@given(st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(
    st.sampled_from(["artifact_data", "content", "Content", "id"]), inner), max_leaves=12))  # fmt: skip
def test_no_json_can_break_the_reader(value):
    assert all(isinstance(one, (Article, Quarantined)) for one in read("a.json", json.dumps(value)))
