"""The fields of an article, under the names of its source."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest

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
    (found,) = read("a.json", json.dumps({"content": "Text.", "author": {"name": "jane"}}))
    assert (found.reason, found.detail[:35]) == ("wrong_shape", "the author_id is no plain value; le")


@pytest.mark.parametrize(
    ("stated", "consent"),
    [("yes", "yes"), (True, "yes"), ("Granted", "yes"), (False, "no"), ("no", "no"), ("pending", "no"), (None, "")],
)
def test_consent_that_is_no_clear_yes_is_a_no(stated, consent):
    (article,) = read("a.json", json.dumps({"content": "Text.", "consent": stated}))
    assert article.consent == consent


def test_an_authors_terms_hold_for_all_articles_but_an_articles_own_licence_comes_first():
    rules = SourceRules(authors={"jane": {"licence": "CC-BY-4.0", "consent": "no"}})
    (article,) = read("a.json", json.dumps({"content": "T.", "author": "jane", "consent": "yes"}), rules)
    assert (article.licence, article.consent) == ("CC-BY-4.0", "no")
    (article,) = read("a.md", "---\nauthor: jane\nlicense: MIT\n---\nText.", rules)
    assert article.licence == "MIT"
