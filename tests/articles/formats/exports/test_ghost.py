"""Exports of Ghost."""

from __future__ import annotations

import json

import pytest

from ownvoice.articles.article import Article
from stand_ins.exports import ghost
from stand_ins.source_objects import read, texts

BODY = "<p>We waited on the platform.</p>"
TEXT = {"type": "extended-text", "text": "We waited < long."}
LEXICAL = {
    "root": {
        "type": "root",
        "children": [
            {"type": "extended-heading", "tag": "h2", "children": [TEXT]},
            {"type": "paragraph", "children": [TEXT, {"type": "linebreak"}, {"type": "link", "children": [TEXT]}]},
            {"type": "list", "listType": "bullet", "children": [{"type": "listitem", "children": [TEXT]}]},
            {"type": "image", "src": "a.png", "caption": "A lamp"},
            {"type": "html", "html": "<p>By hand.</p>"},
        ],
    }
}
MOBILEDOC = {
    "version": "0.3.1",
    "atoms": [["soft-return", "", {}]],
    "cards": [["image", {"src": "a.png"}], ["html", {"html": "<p>By hand.</p>"}]],
    "markups": [["em"]],
    "sections": [
        [1, "p", [[0, [0], 0, "We waited"], [1, [], 0, 0], [0, [], 0, "< long."]]],
        [3, "ul", [[[0, [], 0, "One"]]]],
        [10, 0],
        [10, 1],
    ],
}


def test_a_post_has_the_id_authors_title_and_language_of_its_blog():
    second = {"post_id": f"{0:024x}", "author_id": "2", "sort_order": 1}
    first = {"post_id": f"{0:024x}", "author_id": "1", "sort_order": 0}
    (article,) = read("blog.json", ghost({"html": BODY}, posts_authors=[second, first]))
    assert article == Article(
        "blog.json#uuid-0", "uuid-0", "Ada Blau, Bo Rot", "Post 0", "en", "We waited on the platform."
    )


@pytest.mark.parametrize("status", ["draft", "scheduled", "", None])
def test_what_is_not_published_is_passed_over(status):
    assert texts(read("blog.json", ghost({"html": BODY, "status": status}))) == ["draft"]


@pytest.mark.parametrize("more", [{"status": "sent"}, {"visibility": "paid"}, {"visibility": "members"}])
def test_what_only_members_read_is_published(more):
    assert texts(read("blog.json", ghost({"html": BODY, **more}))) == ["We waited on the platform."]


@pytest.mark.parametrize("more", [{"type": "page"}, {"page": 1}])
def test_pages_are_passed_over(more):
    assert texts(read("blog.json", ghost({"html": BODY, **more}))) == ["page"]


def test_a_text_is_read_from_what_the_editor_keeps_where_there_is_no_html():
    posts = ({"lexical": json.dumps(LEXICAL)}, {"html": None, "mobiledoc": json.dumps(MOBILEDOC)})
    assert texts(read("blog.json", ghost(*posts))) == [
        "## We waited &lt; long.\n\nWe waited &lt; long.\\\nWe waited &lt; long.\n\n- We waited &lt; long.\n\nBy hand.",
        "We waited\\\n&lt; long.\n\n- One\n\nBy hand.",
    ]


@pytest.mark.parametrize("odd", [{"lexical": "{"}, {"lexical": "[]"}, {"mobiledoc": "{}"}, {"title": {}}])
def test_a_broken_post_costs_only_itself(odd):
    found = texts(read("blog.json", ghost({"html": BODY if "title" in odd else "", **odd}, {"html": BODY})))
    assert found[1:] == ["We waited on the platform."]
    assert found[0] in ("bad_json", "wrong_shape", "We waited on the platform.")


def test_a_post_without_words_is_no_fault():
    assert texts(read("blog.json", ghost({}, {"html": "<img src='a.png'>"}))) == ["without text"] * 2
