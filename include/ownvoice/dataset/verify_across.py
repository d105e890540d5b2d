"""The proof of what holds across the articles of a version: no passage on both sides, no answer of two articles.

It is computed from originals and pairs, not from the index of grams that the commit asked. In memory are the grams of
the test side, a small part of all texts, and a number for each pair.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from ownvoice.dataset.across_articles import repeated_keys, sides_of_texts
from ownvoice.errors import StorageError
from ownvoice.pairs.grams.grams import GRAM_VERSION, Grams, look_up, shared_words, words_key
from ownvoice.pairs.grams.index import text_grams
from ownvoice.pairs.grams.shared import TEST, TRAIN
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.versions import DatasetVersion


def faults_across_articles(lake: Lake, version: DatasetVersion) -> Iterator[tuple[str, str]]:
    """Yield id and fault of each pair of `version` that must not be in it because of another article.

    A version of a release that did not judge across articles, or by other grams, promised nothing and has no faults.
    """
    if version.grams != GRAM_VERSION:
        return
    shared, keys = _shared(lake, version), array("Q")
    for row in _pairs(lake, version):
        keys.append(words_key(row["chosen"]))
        if found := shared_words([row["prompt"], row["chosen"], row["rejected"]], shared):
            yield row["pair_id"], f"articles on both sides of the split have its words {found!r}"
    yield from _repeats(_pairs(lake, version), repeated_keys(np.array(keys, np.uint64)))


def _shared(lake: Lake, version: DatasetVersion) -> Grams:
    """Return the grams that both sides have: those of the test side that a text on the train side has too."""
    sides = sides_of_texts(lake, version)
    of_test = [_grams(lake, text) for text, where in sides.items() if where & TEST]
    known = np.unique(np.concatenate([np.empty(0, np.uint64), *of_test]))
    is_shared = np.zeros(len(known), np.bool_)
    for text in (text for text, where in sides.items() if where & TRAIN):
        held, places = look_up(_grams(lake, text), known)
        is_shared[places[held]] = True
    return known[is_shared]


def _grams(lake: Lake, text: str) -> Grams:
    try:
        return text_grams(lake, text)
    except StorageError:  # an original that is lost fails the pairs of its own article
        return np.empty(0, np.uint64)


def _repeats(pairs: Iterable[dict[str, Any]], repeated: frozenset[int]) -> Iterator[tuple[str, str]]:
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for row in pairs:
        if (key := words_key(row["chosen"])) in repeated:
            found[key][row["pair_id"]] = row["article_id"]
    for article_of in found.values():
        if len(articles := sorted(set(article_of.values()))) > 1:
            fault = f"its chosen answer is kept for {len(articles)} articles: {', '.join(articles)}"
            yield from ((pair_id, fault) for pair_id in article_of)


def _pairs(lake: Lake, version: DatasetVersion) -> Iterator[dict[str, Any]]:
    table = lake.table_as_committed("pairs", version.number)
    for batch in scan(table, "pair_id, article_id, prompt, chosen, rejected"):
        yield from batch.to_pylist()
