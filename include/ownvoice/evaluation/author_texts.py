"""The author's own articles as they are measured: cleaned of markup and boilerplate, on either side of the split."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from ownvoice.articles.table import ArticleRow, column_in, read_articles
from ownvoice.chunks.boilerplate import removed_passages
from ownvoice.chunks.cleaning import clean
from ownvoice.config.recipe import Cleaning
from ownvoice.states import GENERATED_FROM
from ownvoice.storage.lake import Lake
from ownvoice.storage.tables import SPLITS
from ownvoice.storage.versions import DatasetVersion

MAX_ARTICLES = 300
"""More of a side say nothing new of a voice: it is measured on the first by id. Copying is looked for in all."""

MIN_ARTICLES = 10

_CLEANING: Cleaning = "faithful"


@dataclass(frozen=True, slots=True)
class AuthorTexts:
    """The texts of an author's articles by article id, and the language that most of them name, or English.

    `further` are those that the voice is not measured on, since a side has more than enough.
    """

    training: dict[str, str]
    held_out: dict[str, str]
    language: str
    further: dict[str, str] = field(default_factory=dict)

    @property
    def all(self) -> dict[str, str]:
        """All articles, in which copying is looked for."""
        return self.training | self.held_out | self.further


def author_texts(lake: Lake, version: DatasetVersion, author_id: str | None) -> AuthorTexts:
    """Return the texts of the articles that a version holds pairs of; none where there is no author.

    Raises `StorageError` where an original is lost.
    """
    of_author = read_articles(lake, version, column_in("author_id", [author_id] if author_id else [])).values()
    written = sorted((row for row in of_author if row.state in GENERATED_FROM), key=lambda row: row.article_id)
    training, held_out = (
        {
            row.article_id: article_text(lake, row)
            for row in [row for row in written if row.split == split][:MAX_ARTICLES]
        }
        for split in SPLITS
    )
    measured_on = training.keys() | held_out.keys()
    further = {row.article_id: article_text(lake, row) for row in written if row.article_id not in measured_on}
    languages = Counter(row.language for row in written if row.language)
    return AuthorTexts(training, held_out, max(languages, key=lambda one: (languages[one], one), default="en"), further)


def _first(written: list[ArticleRow], split: str) -> list[ArticleRow]:
    return [row for row in written if row.split == split][:MAX_ARTICLES]


def too_little_text(texts: AuthorTexts) -> str | None:
    """Return why there is too little of the author's training text to measure others against, or None."""
    articles = sum(1 for text in texts.training.values() if text.strip())
    if articles >= MIN_ARTICLES:
        return None
    return (
        f"there are {articles} training articles of the author, and a way of writing is measured against "
        f"{MIN_ARTICLES} or more. Add articles of this author."
    )


def article_text(lake: Lake, article: ArticleRow) -> str:
    """Return the text of an article that its pairs come from, without markup and boilerplate.

    Raises `StorageError` where its original is lost.
    """
    text_sha256 = article.written_sha256 or article.article_sha256
    removed = removed_passages(lake, _CLEANING, text_sha256)
    return clean(lake.original(text_sha256), _CLEANING, removed or ()).text
