"""The content of the book's articles in its three spellings, and what only looks like one of them."""

from __future__ import annotations

import ast
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.articles.article import Article, Quarantined
from ownvoice.articles.formats.book import MAX_LITERAL_CHARS
from stand_ins.source_objects import book, read, texts


def test_the_books_form_is_read_with_content_as_plain_text():
    item = {"id": "1", "content": "Some text.", "author_id": "a", "platform": "blog", "link": "https://example.org"}
    (article,) = read("all.json", book(item))
    assert article == Article("all.json#0", "1", "a", "", "", "Some text.")


@pytest.mark.parametrize("spell", [lambda fields: fields, repr, json.dumps])
def test_the_books_form_is_read_with_content_as_a_dict_or_the_text_of_one(spell):
    fields = {"Title": "T", "Subtitle": None, "Content": "Don't\n'stop' it.", "language": "en"}
    (article,) = read("all.json", book({"id": "1", "content": spell(fields)}))
    assert (article.title, article.language, article.content) == ("T", "en", "Don't\n'stop' it.")


@pytest.mark.parametrize("spell", [lambda fields: fields, repr, json.dumps])
def test_a_refusal_inside_the_content_is_heard(spell):
    (article,) = read("all.json", book({"consent": "yes", "content": spell({"Content": "Text.", "consent": "no"})}))
    assert article.consent == "no"


@pytest.mark.parametrize(
    "prose",
    [
        "{Content} is a placeholder that I never liked.",
        "{% raw %} Content",
        "{{ Content }} of a page",
        "{}, or Content",
    ],
)
def test_prose_that_only_begins_with_a_brace_stays_prose(prose):
    assert texts(read("all.json", book({"content": prose}))) == [prose]


@pytest.mark.parametrize(
    "spelled",
    [
        *(
            "{[]: 'Content'}",
            "{['Content']}",
            "{[]} Content",
            "{'Content': {[]}}",
            "{('Content', []): 1}",
            "{'Content'}",
        ),
        *("{'Content': 10**10**9}", "{'Content': nan}", "{'Content': open('x')}", "{'Content': x}", "{'Content': 7}"),
        *("{'Content': ", "{'Content': 'no end", "{'Content': f'x'}", "{'Content': b'x'}", "{'Content': '''x'''}"),
        *("{'Content': 'x' # '\n}", r"{'Content': '\x'}", r"{'Content': '\N{nothing}'}", "{'Content': 'a\0b'"),
    ],
)
def test_what_begins_like_an_object_and_is_none_is_quarantined(spelled):
    found = read("all.json", book({"content": spelled}, {"content": "Good."}))
    assert texts(found) == ["wrong_shape", "Good."]


@pytest.mark.parametrize(
    "bomb",
    [
        "{'Content': [" + "0," * 1_000_000 + "]}",
        "{'Content': " + "[" * 1_000_000,
        "{'Content': " + "-" * 1_000_000 + "1}",
        "{'Content': " + "9" * 1_000_000 + "}",
        "{'Content': " + "1+" * 1_000_000 + "1}",
        "{'Content': " + "'a'" * 1_000_000 + "}",
        "{'Content': # '\n" + "[0]," * 1_000_000 + "# '\n}",
        "{'Content': ''' ' ''' " + "[0]," * 1_000_000 + "'}",
    ],
)
def test_a_literal_that_grows_when_it_is_parsed_is_refused_before(bomb):
    (found,) = read("all.json", book({"content": bomb}))
    assert isinstance(found, Quarantined)
    assert f"more than {MAX_LITERAL_CHARS:,}" in found.detail or "neither JSON nor" in found.detail


_PIECES = ("'", '"', "\\", "'Content'", "{", "}", "[", "]", "(", ":", ",", "#", "\n", "f", "1", "-", "\ud800", "é", " ")


@given(st.lists(st.sampled_from(_PIECES), max_size=24).map("".join))
def test_no_text_can_break_the_reader_and_what_is_read_is_what_python_reads(text):
    spelled = "{'Content': " + text
    (found,) = read("all.json", book({"content": spelled}))
    if isinstance(found, Article):
        assert ast.literal_eval(spelled)["Content"] == found.content
