"""The author's own articles as they are measured: cleaned of markup and boilerplate, on either side of the split."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from ownvoice.articles.table import ArticleRow, column_in, read_articles
from ownvoice.chunks.boilerplate import removed_passages
from ownvoice.chunks.cleaning import clean
from ownvoice.config.recipe import Cleaning
from ownvoice.states import GENERATED_FROM
from ownvoice.storage.lake import Lake
from ownvoice.storage.versions import DatasetVersion

MAX_ARTICLES = 1000
"""More of one author say nothing new of a voice, and would be held in memory; the first by id count."""

_CLEANING: Cleaning = "faithful"


@dataclass(frozen=True, slots=True)
class AuthorTexts:
    """The texts of an author's articles by article id, and the language that most of them name, or English."""

    training: dict[str, str]
    held_out: dict[str, str]
    language: str


def author_texts(lake: Lake, version: DatasetVersion, author_id: str) -> AuthorTexts:
    """Return the texts that a version holds pairs of. Raises `StorageError` where an original is lost."""
    of_author = read_articles(lake, version, column_in("author_id", [author_id])).values()
    written = [row for row in of_author if row.state in GENERATED_FROM and row.written_sha256]
    articles = sorted(written, key=lambda row: row.article_id)[:MAX_ARTICLES]
    sides = {
        split: {row.article_id: _text(lake, row) for row in articles if row.split == split}
        for split in ("train", "test")
    }
    languages = Counter(row.language for row in articles if row.language)
    language = max(languages, key=lambda one: (languages[one], one), default="en")
    return AuthorTexts(sides["train"], sides["test"], language)


def _text(lake: Lake, article: ArticleRow) -> str:
    assert article.written_sha256 is not None, "its pairs are written"
    removed = removed_passages(lake, _CLEANING, article.written_sha256)
    return clean(lake.original(article.written_sha256), _CLEANING, removed or ()).text
