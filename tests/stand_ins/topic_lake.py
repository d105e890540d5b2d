"""A lake with articles on a few matters that share no word, in several scripts, and pairs of some of them."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping, Sequence

from ownvoice.articles.table import ArticleRow
from ownvoice.states import ArticleState
from ownvoice.storage.lake import Lake
from stand_ins.pair_lake import WHEN, commit_pairs, pair

_WORDS = {
    "bread": "bread dough yeast oven crust flour knead bake loaf rise starter salt",
    "ferry": "ferry harbour captain deck wave island anchor tide sail rope buoy fog",
    "stars": "star orbit telescope planet comet galaxy lens night dust gravity moon sky",
    "茶": "茶 葉 水 壺 杯 香 味 綠 紅 山",
}
MATTERS = {matter: words.split() for matter, words in _WORDS.items()}


def text_on(matter: str, seed: object, words: int = 60) -> str:
    """Return a text of so many words of one matter between function words; the same for the same seed."""
    draw = random.Random(f"{matter} {seed}")
    return " ".join(f"the {word}" for word in draw.choices(MATTERS[matter], k=words)) + "."


def topic_lake(lake: Lake, articles: Mapping[str, Sequence[str]], pairs: Mapping[str, int] | None = None) -> int:
    """Commit a version and return its number: `articles` are ids by matter, `pairs` how many each id has, else two.

    An id that begins with `test` is on that side of the split.
    """
    rows, made = [], []
    for matter, names in articles.items():
        for name in names:
            split = "test" if name.startswith("test") else "train"
            rows.append(_article(lake, name, text_on(matter, name), split))
            count = 2 if pairs is None else pairs.get(name, 2)
            made += [_pair(name, matter, number, split) for number in range(count)]
    return commit_pairs(lake, made, articles=rows)


def _pair(article: str, matter: str, number: int, split: str) -> dict[str, object]:
    chosen = text_on(matter, f"{article} {number}", 20)
    name = hashlib.sha256(f"{article}/{number}".encode()).hexdigest()
    return pair(number, split) | {"pair_id": name, "article_id": article, "chosen": chosen}


def _article(lake: Lake, name: str, content: str, split: str) -> ArticleRow:
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    lake.keep_original(sha256, content)
    return ArticleRow(
        name, "ann", f"On {name}", "en", "", "", f"{name}.md", f"{name}.md", "tag", sha256, name, split,
        ArticleState.CURRENT, sha256, WHEN.date(), "a-night",
    )  # fmt: skip
