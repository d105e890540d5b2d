"""The fields of an article, under the names of its source."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest

from ownvoice.articles.formats.budget import MAX_FIELD_CHARS, MAX_NAMES, MAX_TEXT_BYTES
from ownvoice.config.source_rules import SourceRules
from stand_ins.source_objects import parquet, read


def test_a_blogs_own_names_lead_to_ours():
    rules = SourceRules(
        fields={"body": "content", "meta.writer": "author_id", "slug": "id", "meta.rights.spdx": "licence"},
        default_author="the house",
    )
    item = {"slug": "s", "body": "Text.", "meta": {"writer": "jane", "rights": {"spdx": "CC0-1.0"}}}
    meta = pa.array([item["meta"]])
    for key, data in [
        ("a.jsonl", json.dumps(item)),
        ("a.json", json.dumps([item])),
        ("a.parquet", parquet({"slug": ["s"], "body": ["Text."], "meta": meta})),
    ]:
        (article,) = read(key, data, rules)
        assert (article.metadata_id, article.content) == ("s", "Text.")
        assert (article.author_id, article.licence) == ("jane", "CC0-1.0")
    (article,) = read("a.json", json.dumps({"body": "Text.", "meta": None}), rules)
    assert (article.author_id, article.licence) == ("the house", "")


def test_a_name_with_a_dot_in_it_is_tried_as_it_is():
    (article,) = read("a.json", json.dumps({"post.body": "Text."}), SourceRules(fields={"post.body": "content"}))
    assert article.content == "Text."


def test_a_field_that_is_no_plain_value_is_not_guessed_at():
    (found,) = read("a.json", json.dumps({"content": "Text.", "id": {"name": "a7"}}))
    assert (found.reason, found.detail[:28]) == ("wrong_shape", "the id is no plain value; le")


@pytest.mark.parametrize(
    ("key", "data"),
    [
        ("a.md", "---\nID: x\nAUTHOR: jane\nConsent: no\n---\nText."),
        ("a.json", json.dumps({"Content": "Text.", "Id": "x", "Author": "jane", "CONSENT": False})),
        (
            "a.jsonl",
            json.dumps({"Content": "Text.", "iD": "x", "Author_ID": "jane", "consent": "yes", "Consent": "no"}),
        ),
        ("a.parquet", parquet({"Content": ["Text."], "ID": ["x"], "AUTHOR": ["jane"], "Consent": [False]})),
    ],
)
def test_names_are_found_with_capital_letters_or_without(key, data):
    (article,) = read(key, data)
    assert (article.metadata_id, article.author_id, article.consent) == ("x", "jane", "no")


def test_a_refusal_is_heard_under_whichever_of_several_names_it_stands():
    rules = SourceRules(fields={"may_use": "consent", "rights.ai": "consent"})
    for item in (
        {"may_use": "yes", "consent": "no"},
        {"may_use": "no", "consent": "yes"},
        {"may_use": "yes", "rights": [{"ai": "yes"}, {"AI": "no"}]},
    ):
        (article,) = read("a.json", json.dumps({"content": "Text.", **item}), rules)
        assert article.consent == "no"


def test_an_authors_terms_hold_for_all_articles_but_an_articles_own_licence_comes_first():
    rules = SourceRules(authors={"jane": {"licence": "CC-BY-4.0", "consent": "no"}})
    (article,) = read("a.json", json.dumps({"content": "T.", "author": "jane", "consent": "yes"}), rules)
    assert (article.licence, article.consent) == ("CC-BY-4.0", "no")
    (article,) = read("a.md", "---\nauthor: jane\nlicense: MIT\n---\nText.", rules)
    assert article.licence == "MIT"


@pytest.mark.parametrize("name", ["id", "author", "title", "language", "licence"])
def test_a_field_of_many_thousand_characters_is_no_name(name):
    good, bad = ({"content": "Text.", name: "x" * length} for length in (MAX_FIELD_CHARS, MAX_FIELD_CHARS + 1))
    article, found = read("a.json", json.dumps([good, bad]))
    assert article.content == "Text."
    assert (found.reason, found.detail.partition(" is ")[2]) == ("too_large", "longer than 4,000 characters")


def test_the_text_of_one_article_has_a_bound_in_every_format():
    (found,) = read("a.json", json.dumps({"content": "x" * (MAX_TEXT_BYTES + 1)}))
    assert (found.reason, found.detail) == (
        "too_large",
        f"its text is larger than {MAX_TEXT_BYTES:,} bytes; cut it into articles",
    )
    (article,) = read("a.md", "x" * MAX_TEXT_BYTES)
    assert len(article.content) == MAX_TEXT_BYTES


def test_ids_are_what_was_typed_in_json_too():
    typed = {"7": "7", "7.0": "7", '"010"': "010", '"12:30"': "12:30", "1e3": "1e3", "true": "true", "NaN": None}
    lines = "\n".join(f'{{"content": "Text.", "id": {spelled}}}' for spelled in typed)
    assert [one.metadata_id for one in read("a.jsonl", lines)] == list(typed.values())


def test_an_object_of_more_names_than_a_field_is_looked_for_in_is_refused():
    names = {f"name {number}": 0 for number in range(MAX_NAMES + 1)}
    for item in ({"content": "Text."} | names, {"content": "Text.", "author": names}):
        (found,) = read("a.json", json.dumps(item))
        assert (found.reason, found.detail) == ("too_large", "it has more than 10,000 names in one object")
