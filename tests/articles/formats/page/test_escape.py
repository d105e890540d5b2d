"""Text as Markdown that says exactly this text."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from ownvoice.articles.formats.page.escape import escaped_heading, escaped_lines
from ownvoice.chunks.faithful.clean import clean

WORDS = [
    *'*_`~#>+-=:|[]{}()!<&%$\\^.1a"“',
    "1.",
    "12)",
    "<b>",
    "<p>",
    "&amp;",
    "&#60;",
    "{%",
    "{{",
    "[^1]",
    "---",
    "https://a.b",
]
TEXTS = st.lists(st.sampled_from([*WORDS, " ", " "]), min_size=1, max_size=12).map("".join).map(str.strip)


def said(text: str) -> list[str]:
    return [line for line in re.split(r"\s*\n\s*", re.sub(r" +", " ", text).strip()) if line]


@given(st.lists(TEXTS.filter(bool), min_size=1, max_size=3))
@example(["a", "---"])
@example(["<pre>", "</pre>"])
@example(["$5 or $6", "*$*$ ^a"])
@example(["!!! a", ".. a"])
@example(["a | b", "--|--", "c | d"])
def test_a_paragraph_says_after_cleaning_what_its_author_typed(lines):
    assume(not re.search(r"\[[/a-zT]", "\n".join(lines)))  # WordPress's shortcodes are marks in a page too
    assert said(clean("\n".join(escaped_lines("\n".join(lines)))).text) == said("\n".join(lines))


@given(TEXTS.filter(bool))
def test_a_heading_keeps_its_signs(text):
    assume(not re.search(r"\[[/a-zT]", text))
    assert said(clean(f"## {escaped_heading(text)}").text) == said(text)


@pytest.mark.parametrize("text", ["C#", "1986. A year", "- a dash", "> 3", "# 1", "2 * 3 * 4", "snake_case", "{{ x }}"])
def test_what_looks_like_a_mark_is_escaped(text):
    assert clean(escaped_lines(text)[0]).text == text
