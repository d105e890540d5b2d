"""Markup taken apart without a tree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.articles.formats.page.markup import MAX_ATTRIBUTES, text_between_tags, with_bounded_tags


@pytest.mark.parametrize("attribute", ["a{0}=x", "a{0}", "a{0}='>'", 'a{0}="<p>"', "a{0} = /", "'{0}"])
def test_a_tag_loses_the_attributes_after_its_first_ones_and_the_page_nothing_else(attribute):
    attributes = " ".join(attribute.format(number) for number in range(30_000))
    page = f"<p>Before <b {attributes}>in bold</b> after. <a href='x'>Link</a>"
    bounded = with_bounded_tags(page)
    assert len(bounded) < 40 * MAX_ATTRIBUTES
    assert text_between_tags(bounded).split() == ["Before", "in", "bold", "after.", "Link"]


@given(
    st.lists(st.sampled_from(["<p>", "a<", "<!--", "-->", "<script x>", "</script>", '"', "'", ">", "=", "</", " "]))
)
def test_a_page_of_short_tags_stays_as_it_is(pieces):
    assert with_bounded_tags("".join(pieces)) == "".join(pieces)


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>1 < 2 &lt; 3 <3 &amp; so on", "1 < 2 < 3 <3 & so on"),
        ("<a title='<b>'>x</a><!-- <i>y</i> --><br/>z", "x z"),
        ("<script>if (a<b) '</p>'</script><style>p{}</style>x<title>t</title>", "x"),
        ("<SCRIPT>a</Script >x<!doctype html><?php y ?></ z>", "x"),
        ("<!-->x<!--->y<!-- z", "x y"),
    ],
)
def test_the_text_between_tags_is_what_a_tokenizer_finds(page, text):
    assert text_between_tags(page).split() == text.split()
