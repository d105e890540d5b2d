"""The author of an article, in the shapes in which blogs name one."""

from __future__ import annotations

import json

import pytest

from ownvoice.config.source_rules import SourceRules
from stand_ins.source_objects import read


def read_by(rules=None, **fields):
    (found,) = read("a.json", json.dumps({"content": "Text.", **fields}), rules)
    return found


@pytest.mark.parametrize(
    ("fields", "author_id"),
    [
        ({"author": "ada"}, "ada"),
        ({"author": ["ada"]}, "ada"),
        ({"authors": "ada"}, "ada"),
        ({"Authors": ["ada", "bo"]}, "ada, bo"),
        ({"author": ["ada", "bo", "ada"]}, "ada, bo"),
        ({"author": {"name": "Ada", "url": "https://example.org"}}, "Ada"),
        ({"author": {"Name": "Ada"}}, "Ada"),
        ({"author": {"id": "ada"}}, "ada"),
        ({"authors": [{"name": "Ada"}, "bo", {"key": "cy"}]}, "Ada, bo, cy"),
        ({"authors": {"ada": {"title": "pilot"}, "bo": None}}, "ada, bo"),
        ({"author_id": "a7", "author": ["ada"]}, "a7"),
        ({"author": [], "authors": ["bo"]}, "bo"),
        ({"author": [None, ""]}, "unknown"),
        ({"author": None}, "unknown"),
    ],
)
def test_an_author_is_read_in_every_shape_that_names_one(fields, author_id):
    assert read_by(**fields).author_id == author_id


@pytest.mark.parametrize(
    "author", [{"url": "https://example.org"}, {}, [["ada"]], [{"given": "Ada"}], {"name": {"given": "Ada"}}]
)
def test_an_author_who_is_named_but_cannot_be_read_is_not_taken_for_unknown(author):
    found = read_by(author=author)
    assert found.reason == "wrong_shape"
    assert "write a name, a list of names, or objects with a `name` each" in found.detail


@pytest.mark.parametrize(
    "author",
    [{"name": "Ada", "consent": "no"}, ["Bo", {"name": "Ada", "Consent": False}, {"name": "Cy", "consent": "yes"}]],
)
def test_an_author_who_is_an_object_may_refuse_in_it(author):
    assert read_by(authors=author).consent == "no"


@pytest.mark.parametrize(
    "fields",
    [
        {"author": "jane"},
        {"author": "Jane"},
        {"authors": ["ada", "jane"]},
        {"author": "ada", "authors": ["jane"]},
        {"author": {"name": "Jane Doe", "id": "jane"}},
        {"author": "Ada, Jane & Bo"},
        {"author": ["Ada and Jane"]},
    ],
)
def test_a_refusal_of_one_of_several_people_is_a_refusal(fields):
    rules = SourceRules(authors={"jane": {"consent": "no", "licence": "MIT"}})
    assert read_by(rules, consent="yes", **fields).consent == "no"
