"""Two made-up authors who write about nothing in different ways, and a lake with articles and pairs of both.

A text is function words around nouns that mean nothing. Each author has own preferences among the function words, so
that only the way of writing differs, and it varies from text to text as much as chance makes it.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from ownvoice.articles.table import ArticleRow
from ownvoice.states import ArticleState
from ownvoice.storage.lake import Lake
from ownvoice.style.words import FUNCTION_WORDS
from stand_ins.pair_lake import WHEN, commit_pairs, pair

_SYLLABLES = ("ba", "ko", "mi", "ra", "tel", "nor", "su", "pin", "gal", "dre", "fo", "lum", "ve", "shi", "tor", "wen")
AUTHORS = ("ann", "bob")
_MARKS = {"ann": "?!..", "bob": ";..."}


def written_by(author: str, seed: object, words: int = 60) -> str:
    """Return a text of about so many words in the way of an author; the same for the same seed."""
    draw = random.Random(f"{author} {seed}")
    sentences = []
    for _ in range(-(-words // 10)):
        spoken = draw.choices(FUNCTION_WORDS, _preferences(author), k=7)
        sentence = [
            spoken[0].capitalize(),
            *spoken[1:3],
            _thing(draw),
            *spoken[3:5],
            _thing(draw),
            *spoken[5:],
            _thing(draw),
        ]
        sentences.append(" ".join(sentence) + draw.choice(_MARKS[author]))
    return " ".join(sentences)


@cache
def _preferences(author: str) -> tuple[float, ...]:
    """Return how often an author uses each function word, as weights."""
    draw = random.Random(author)
    return tuple(draw.lognormvariate(0, 1) for _ in FUNCTION_WORDS)


def _thing(draw: random.Random) -> str:
    """Return a noun that no article has twice, so that nothing is copied by chance."""
    return "".join(draw.choices(_SYLLABLES, k=4))


def two_authors_lake(
    lake: Lake,
    test_articles: int = 12,
    train_articles: int = 20,
    pairs_an_article: int = 5,
    chosen_by: Mapping[str, str] | None = None,
) -> int:
    """Commit a version with such articles of each author, and return its number. Rejected answers are the other's.

    `ann` has a pair more than `bob`, so that she is the author with the most. Chosen answers stand in the articles, but
    those of an author whom `chosen_by` gives another writer.
    """
    articles, rows = [], []
    for author, other in (AUTHORS, AUTHORS[::-1]):
        writer = (chosen_by or {}).get(author, author)
        for number in range(test_articles + train_articles):
            split = "test" if number < test_articles else "train"
            name = f"{author}-{number}"
            count = pairs_an_article + (author == "ann" and number == 0)
            answers = [written_by(writer, f"{name} {part}") for part in range(count)]
            articles.append(_article(lake, name, author, split, answers if writer == author else []))
            rows += [_pair(name, author, split, part, text, other) for part, text in enumerate(answers)]
    return commit_pairs(lake, rows, articles=articles)


def _article(lake: Lake, name: str, author: str, split: str, parts: Sequence[str]) -> ArticleRow:
    content = "\n\n".join([*parts, written_by(author, name, 600)])
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    lake.keep_original(sha256, content)
    return ArticleRow(
        name, author, name, "en", "", "", f"{name}.md", f"{name}.md", "tag", sha256, name, split, ArticleState.CURRENT,
        sha256, WHEN.date(), "a-night",
    )  # fmt: skip


def _pair(article: str, author: str, split: str, part: int, chosen: str, other: str) -> dict[str, Any]:
    texts = {"pair_id": f"{article}/{part}", "author_id": author, "article_id": article, "chosen": chosen}
    return pair(part, split) | texts | {"rejected": written_by(other, f"{article} {part}")}
