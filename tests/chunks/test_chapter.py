"""The chapter's own algorithm, byte for byte, and the way back to the author's words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ownvoice.chunks import clean, cut_article, render
from ownvoice.config.recipe import GenerationRecipe
from stand_ins import chapter6

ARTICLES = st.lists(
    st.one_of(
        st.sampled_from(["A sentence. ", "LLMs. ", "e.g. x ", "don’t ", "—", "\u00a0", "\x1c", "!? ", "word " * 30]),
        st.text(max_size=5),
    ),
    max_size=60,
).map("".join)


@given(ARTICLES)
def test_the_reading_is_the_chapters(article):
    assert clean(article, "chapter").text == chapter6.clean_text(article)


@given(ARTICLES)
def test_the_chunks_are_the_chapters(article):
    recipe = GenerationRecipe(cleaning="chapter", min_chunk_chars=100, max_chunk_chars=250)
    assert [chunk.text for chunk in cut_article(article, recipe)] == chapter6.extract_substrings(article, 100, 250)


def test_a_quote_from_the_chapters_reading_is_rendered_with_the_authors_quotes():
    content = "He said: “I **don’t** know (yet).” And left."
    reading = clean(content, "chapter")
    start = reading.text.index("I don")
    span = reading.original_span(start, reading.text.index(" And"))
    assert render(content, [span], "chapter-1") == "I don’t know (yet)."
