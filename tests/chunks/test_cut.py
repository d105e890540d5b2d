"""How a reading is cut: nothing lost, nothing too long, and steady under edits."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ownvoice.chunks import cut_article
from ownvoice.chunks.cut import cut
from ownvoice.chunks.faithful.clean import clean
from ownvoice.config.recipe import GenerationRecipe

PIECES = st.sampled_from(
    [
        "A sentence, of some length. ",
        "word ",
        "\n\n",
        "\n\n# Heading\n\n",
        "漢字。",
        "x" * 90,
        "e\u0301" * 40,
        "👩\u200d🚀" * 30,
        "; ",
    ]
)
ARTICLES = st.lists(PIECES, max_size=80).map("".join)


def section(name: str, sentences: int) -> str:
    return f"## {name}\n\n" + " ".join(f"{name} has a sentence number {i}, and it ends here." for i in range(sentences))


def texts(article: str) -> list[str]:
    return [chunk.text for chunk in cut_article(article, GenerationRecipe())]


@given(ARTICLES, st.integers(1, 60), st.integers(0, 60))
def test_chunks_hold_all_text_once_in_order_and_none_is_too_long(article, min_chars, extra):
    reading = clean(article)
    spans = cut(reading, min_chars, 2 * min_chars + extra)
    assert "".join("".join(reading.text[start:end] for start, end in spans).split()) == "".join(reading.text.split())
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert all(0 < end - start <= 2 * min_chars + extra for start, end in spans)


@given(ARTICLES)
def test_a_chunk_knows_its_place_in_the_reading_and_in_the_original(article):
    reading = clean(article)
    for number, chunk in enumerate(cut_article(article, GenerationRecipe(min_chunk_chars=100, max_chunk_chars=300))):
        assert chunk.index == number
        assert chunk.text == reading.text[chunk.clean_start : chunk.clean_end]
        assert chunk.text == reading.rendered(chunk.start, chunk.end)


@given(ARTICLES)
def test_the_halves_of_chunks_that_were_too_long_hold_the_same_text_in_the_same_order(article):
    recipe = GenerationRecipe(min_chunk_chars=100, max_chunk_chars=200)
    whole = cut_article(article, recipe)
    longest = [chunk for chunk in whole if len(chunk.text) >= recipe.min_chunk_chars]
    halved = cut_article(article, recipe, too_long={chunk.key for chunk in whole})
    assert len(halved) >= len(whole) + len(longest)  # a half may say what another chunk that was too long says
    assert "".join("".join(chunk.text.split()) for chunk in halved) == "".join(
        "".join(chunk.text.split()) for chunk in whole
    )
    assert all(one.end <= other.start for one, other in pairwise(halved))


def test_chunks_end_where_sentences_do():
    assert all(text.endswith("here.") for text in texts(section("One", 200)))


def test_a_paragraph_end_is_preferred_to_a_sentence_end():
    paragraph = "This is a sentence. " * 30
    chunks = texts(f"{paragraph}\n\n{paragraph}\n\n{paragraph}\n\n{paragraph}\n\n{paragraph}")
    assert all(len(text) % (len(paragraph) + 1) == len(paragraph) - 1 for text in chunks)


def test_long_sections_start_afresh_at_their_headings():
    chunks = texts("\n\n".join(section(name, 45) for name in ("One", "Two", "Three")))
    assert [text.split("\n")[0] for text in chunks if "\n" in text] == ["One", "Two", "Three"]


def test_runs_of_short_sections_are_joined():
    chunks = texts("\n\n".join(section(name, 8) for name in "ABCDEF"))
    assert [text.count("\n\n") for text in chunks] == [5, 5]


def test_what_is_left_is_shared_by_the_last_two_chunks():
    chunks = texts(section("One", 52))
    assert len(chunks) == 2
    assert all(1000 <= len(text) <= 2000 for text in chunks)


@given(st.integers(0, 3), st.integers(0, 80))
def test_an_edit_in_one_section_leaves_the_chunks_of_other_long_sections(edited, at):
    sections = [section(name, 60) for name in ("One", "Two", "Three", "Four")]
    before = texts("\n\n".join(sections))
    sections[edited] = sections[edited].replace(f"number {at},", f"number {at} (which was edited last night),")
    name = ("One", "Two", "Three", "Four")[edited]
    after = texts("\n\n".join(sections))
    assert [text for text in before if name not in text] == [text for text in after if name not in text]


def test_a_sentence_without_end_is_cut_at_a_clause_then_at_a_word_then_anywhere():
    clauses = texts("so it went on and on, " * 200)
    words = texts("so it went on and on " * 200)
    letters = texts("a" * 5000)
    assert all(text.endswith(",") for text in clauses)
    assert all(text.endswith(("so", "it", "went", "on", "and")) for text in words)
    assert [len(text) for text in letters] == [2000, 2000, 1000]


def test_a_hard_cut_never_parts_an_accent_or_an_emoji_from_its_letter():
    for unit in ("e\u0301", "👩\u200d🚀", "🇩🇪", "👍🏽", "❤\ufe0f"):
        assert all(len(text) % len(unit) == 0 for text in texts(unit * 3000))


def test_an_empty_article_has_no_chunks():
    assert texts("") == texts(" \n\n ") == texts("![only](an.png)") == []
