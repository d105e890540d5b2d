"""The map between the reading and the original, over any text that can be typed."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.chunks import CleanedText, clean
from ownvoice.chunks.faithful.marks import EDGE, HIDDEN

INLINE = ["*", "**", "_", "`", "[", "](u)", "![a](b)", "&amp;", "\\", "<b>", "<!-- c -->", "~~", "[^1]", "  ", "\t"]
BLOCKS = ["# ", "\n", "\n\n", "  \n", "- ", "1. ", "> ", "<p>", "    \n    code\n", "```\n", "|", "\n---|---\n", "\r\n"]
TEMPLATES = [
    "{{< a >}}",
    "{{",
    "}}",
    "{% a %}",
    "%}",
    "{%",
    "<%",
    '[a b="c"]',
    "[a]",
    "[/a]",
    "[gallery]",
    "{% comment %}",
]
NOTES = [
    "[[a|b]]",
    "[[a#b]]",
    "![[a]]",
    "[[",
    "]]",
    "==",
    "%%",
    "\n> [!note] t\n> ",
    " ^id\n",
    "{: .a}",
    "{.a}",
    "[@a]",
    "^[n n]",
]
FOOTNOTES = ["\n[^1]: ", "\n> [^2]: ", "\n\n    ", "\ufdd0", "$", "$$", "\\("]
COMPONENTS = [
    "<Aa>",
    "</Aa>",
    "<Bb c={1} />",
    "<Bb ",
    "{",
    "}",
    '"',
    "\nimport a from 'a'\n",
    "\nexport const a = ",
    '{" "}',
]
DIRECTIVES = [
    "\n:::note T\n",
    "\n:::\n",
    "\n```{note} T\n",
    '\n!!! note "T"\n    ',
    "{ref}`a <b>`",
    "\n.. note:: ",
    ":a:`b`",
]
DIALECTS = st.sampled_from(TEMPLATES + NOTES + FOOTNOTES + COMPONENTS + DIRECTIVES)
MARKUP = st.sampled_from(INLINE) | st.sampled_from(BLOCKS) | DIALECTS
WORDS = st.sampled_from(
    ["don’t", "word", "Zoë", "e\u0301", "👩\u200d🚀", "漢字。", "שלום", "it's", "A.", "𝘧𝘰𝘰", "“x”", "5*3"]
)
ARTICLES = st.lists(st.one_of(MARKUP, WORDS, st.text(max_size=3)), max_size=40).map("".join)


def _letters(text: str) -> list[str]:
    return [character for character in text if character.isalnum()]


def _copied(reading: CleanedText, original: str, offset: int) -> bool:
    start, end = reading.original_span(offset, offset + 1)
    return original[start:end] == reading.text[offset]


@given(ARTICLES, st.sampled_from(["faithful", "chapter"]), st.data())
def test_a_span_taken_to_the_original_and_rendered_is_the_same_text(article, cleaning, data):
    reading = clean(article, cleaning)
    ends = [at for at, sign in enumerate(reading.text) if sign != "\n" and _copied(reading, article, at)]
    if not ends:
        return
    first, last = sorted((data.draw(st.sampled_from(ends)), data.draw(st.sampled_from(ends))))
    span = reading.original_span(first, last + 1)
    assert reading.rendered(*span) == reading.text[first : last + 1]


@given(ARTICLES, st.sampled_from(["faithful", "chapter"]))
def test_no_letter_or_digit_is_invented_altered_or_moved(article, cleaning):
    original = iter(_letters(article))  # "&amp;" with its letters: in code and after a backslash they are text
    assert all(letter in original for letter in _letters(clean(article, cleaning).text))


@given(ARTICLES)
def test_each_step_maps_all_of_its_text_in_order(article):
    reading = clean(article, "faithful")
    length = len(article)
    for step in reading.maps:
        for bounds in (step.before, step.after):
            assert bounds[0] == 0
            assert list(bounds) == sorted(bounds)
        assert len(step.before) == len(step.after)
        assert step.before[-1] == length
        length = step.after[-1]
    assert length == len(reading.text)


@given(ARTICLES)
def test_characters_come_from_the_original_in_its_order_and_from_places_of_their_own(article):
    reading = clean(article, "faithful")
    spans = [reading.original_span(offset, offset + 1) for offset in range(len(reading.text))]
    assert all(0 <= start < end <= len(article) for start, end in spans)
    assert all(before == after or before[1] <= after[0] for before, after in pairwise(spans))


@given(ARTICLES)
def test_nothing_that_stands_in_for_a_mark_is_left_in_the_text(article):
    assert {HIDDEN, EDGE}.isdisjoint(clean(article, "faithful").text)


def test_a_span_is_tight_around_the_words_it_comes_from():
    original = "Some **bold** words."
    reading = clean(original, "faithful")
    start = reading.text.index("bold")
    assert original[slice(*reading.original_span(start, start + 4))] == "bold"


@pytest.mark.parametrize("marked", ["`some code here`", "**some code here**", "<https://some.code.here>"])
def test_a_part_of_what_stands_between_marks_is_mapped_letter_for_letter(marked):
    original = f"See {marked} now."
    reading = clean(original, "faithful")
    start = reading.text.index("code")
    span = reading.original_span(start, start + 4)
    assert original[slice(*span)] == reading.rendered(*span) == "code"


def test_a_span_outside_the_text_is_refused():
    reading = clean("One word.", "faithful")
    with pytest.raises(ValueError, match="no span of a text of 9 characters"):
        reading.original_span(4, 10)


def test_a_replacement_is_rendered_whole_when_the_span_covers_its_start():
    original = "Salt &amp; pepper"
    reading = clean(original, "faithful")
    assert reading.rendered(0, len(original)) == "Salt & pepper"
    assert reading.rendered(0, 5) == "Salt "
