"""The tree of a page, within its bounds."""

from __future__ import annotations

import pytest

from ownvoice.articles.formats.page.tree import MAX_DEPTH, MAX_ELEMENTS
from stand_ins.source_objects import read, texts

WORDS = "We waited on the platform until the lamps were lit, and nobody told us why the train had not come."


@pytest.mark.parametrize("tag", ["div", "b", "blockquote", "ul><li", "table><tr><td", "q", "span"])
def test_a_page_may_be_nested_as_deep_as_people_write_and_beyond_the_bound_is_named(tag):
    (article,) = read("a.html", f"<{tag}>" * 200 + WORDS)
    assert WORDS in article.content
    (found,) = read("a.html", f"<{tag}>" * (MAX_DEPTH + 1) + WORDS)
    assert (found.reason, str(MAX_DEPTH // 1000) in found.detail) == ("too_large", True)


def test_a_page_of_too_many_elements_is_named():
    assert texts(read("a.html", WORDS + "<br>" * MAX_ELEMENTS)) == ["too_large"]


def test_a_tag_of_thirty_thousand_attributes_costs_the_attributes_alone():
    attributes = " ".join(f'a{number}="x"' for number in range(30_000))
    assert texts(read("a.html", f"<article><p {attributes}>{WORDS}</p></article>")) == [WORDS]
