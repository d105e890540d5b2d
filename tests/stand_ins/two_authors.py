"""Two made-up authors who write about the same things in different ways, and a lake with articles and pairs of both.

Their sentences are frames of function words with the same nouns in them, so that only the way of writing differs.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping, Sequence
from typing import Any

from ownvoice.articles.table import ArticleRow
from ownvoice.states import ArticleState
from ownvoice.storage.lake import Lake
from stand_ins.pair_lake import WHEN, commit_pairs, pair

_THINGS = (
    *(
        "bread",
        "ferry",
        "ledger",
        "rain",
        "bicycle",
        "garden",
        "letter",
        "server",
        "train",
        "kitchen",
        "river",
        "clock",
    ),
    *("window", "recipe", "queue", "market", "lamp", "bridge", "notebook", "backup", "boat", "street", "coat", "song"),
)
_FRAMES = {
    "ann": (
        "You don't need the {0} if you've got a {1}.",
        "So I'd keep my {0} here, and you can keep yours.",
        "But what about the {0}?",
        "It's just a {0}, and that's all it was ever going to be.",
        "We can't do this without a {0}, can we?",
        "I never had the {0} when I was there with my {1}.",
        "That's why you should look at your own {0} first!",
        "And then there's the {0}, which isn't mine.",
    ),
    "bob": (
        "The {0} is, however, of the same kind as the {1}.",
        "Upon each {0} there must be another; such is the {1}.",
        "One may, therefore, consider the {0} in the light of the {1}.",
        "Neither the {0} nor the {1} has been among those by which it was done.",
        "Although the {0} shall remain, the {1} will be against it.",
        "It is for this {0} that the {1} was, in most of the cases, not used.",
        "Whether the {0} should be within the {1} has never been shown.",
        "There were, during the {0}, several of the {1} on which they had been.",
    ),
}
AUTHORS = tuple(_FRAMES)


def written_by(author: str, seed: object, words: int = 60) -> str:
    """Return a text of about so many words in the way of an author; the same for the same seed."""
    draw = random.Random(f"{author} {seed}")
    text: list[str] = []
    while sum(len(sentence.split()) for sentence in text) < words:
        text.append(draw.choice(_FRAMES[author]).format(*draw.sample(_THINGS, 2)))
    return " ".join(text)


def two_authors_lake(lake: Lake, test_articles: int = 12, train_articles: int = 20, pairs_an_article: int = 5) -> int:
    """Commit a version with such articles of each author; the rejected answers are the other author's. Return it.

    `ann` has a pair more than `bob`, so that she is the author with the most.
    """
    articles, rows = [], []
    for author, other in (AUTHORS, AUTHORS[::-1]):
        for number in range(test_articles + train_articles):
            split = "test" if number < test_articles else "train"
            name = f"{author}-{number}"
            count = pairs_an_article + (author == "ann" and number == 0)
            answers = [written_by(author, f"{name} {part}") for part in range(count)]
            articles.append(_article(lake, name, author, split, answers))
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


def _pair(article: str, author: str, split: str, part: int, chosen: str, other: str) -> Mapping[str, Any]:
    texts = {"pair_id": f"{article}/{part}", "author_id": author, "article_id": article, "chosen": chosen}
    return pair(part, split) | texts | {"rejected": written_by(other, f"{article} {part}")}
