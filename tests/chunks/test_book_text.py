"""The book's own articles: the chapter's counts, and what the faithful reading keeps."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from ownvoice.chunks import chapter, clean, cut_article
from ownvoice.config.recipe import GenerationRecipe
from stand_ins import chapter6

CONTRACTION = re.compile(r"[^\W\d_]['’][^\W\d_]")


@pytest.fixture(scope="module")
def contents(book_articles: list[dict[str, Any]]) -> list[str]:
    return [article["content"]["Content"] for article in book_articles]


def chapter_texts(content: str) -> list[str]:
    return [chunk.text for chunk in cut_article(content, GenerationRecipe(cleaning="chapter"))]


def test_the_raw_articles_give_the_chapters_493_chunks(contents):
    recipe = GenerationRecipe()
    cleaned = [chapter.clean(content) for content in contents]
    cut = [chapter.cut(text, recipe.min_chunk_chars, recipe.max_chunk_chars) for text in cleaned]
    ours = [[text.text[slice(*span)] for span in spans] for text, spans in zip(cleaned, cut, strict=True)]
    assert ours == [chapter6.extract_substrings(content) for content in contents]
    assert sum(map(len, ours)) == 493


def test_but_for_what_is_marked_as_a_comment_in_two_listings(contents):
    others = [content for content in contents if chapter_texts(content) != chapter6.extract_substrings(content)]
    assert [re.findall(r"^ {4}(%%\w+|\{#.*#\})", content, re.M) for content in others] == [
        ["%%capture", "%%capture"],
        ["{# Step History #}"],
    ]


def test_the_cleaned_articles_give_the_chapters_500_chunks(book_dir: Path):
    articles = json.loads((book_dir / "cleaned_documents.json").read_text())["artifact_data"]
    assert [chapter_texts(a["content"]) for a in articles] == [
        chapter6.extract_substrings(a["content"]) for a in articles
    ]
    assert sum(len(chapter_texts(article["content"])) for article in articles) == 500


def test_contractions_outside_code_survive_and_none_is_broken(contents):
    survivors = 0
    for content in contents:
        reading = clean(content, "faithful")
        for match in CONTRACTION.finditer(content):
            line = content[content.rfind("\n", 0, match.start()) + 1 : match.end()]
            if not line.startswith("    "):
                read = reading.rendered(*match.span())
                assert read in ("", match.group())
                survivors += read != ""
    assert survivors >= 1290  # of 1294: three stand in titles that buttons repeat, one in a reader's comment


def test_chunks_hold_all_the_text_and_none_is_too_long(contents):
    for content in contents:
        reading = clean(content, "faithful")
        chunks = cut_article(content, GenerationRecipe())
        assert "".join("".join(chunk.text for chunk in chunks).split()) == "".join(reading.text.split())
        assert max(len(chunk.text) for chunk in chunks) <= 2000


def test_no_button_of_the_exports_is_left(contents):
    paragraphs = {p for content in contents for p in clean(content, "faithful").text.split("\n\n")}
    assert not paragraphs & {"Share this post", "Copy link", "Subscribe", "SubscribeSign in", "Facebook", "Restacks"}
