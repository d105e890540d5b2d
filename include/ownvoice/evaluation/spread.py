"""A choice of pairs that depends on nothing but their ids, and takes every article before one a second time. Pure."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain, zip_longest
from typing import Protocol, TypeVar


class OfArticle(Protocol):
    """A pair, or its ids alone."""

    @property
    def pair_id(self) -> str:
        """Its id."""

    @property
    def article_id(self) -> str:
        """The article that it was made from."""


_Pair = TypeVar("_Pair", bound=OfArticle)


def spread(pairs: Iterable[_Pair]) -> Iterator[_Pair]:
    """Yield pairs in an order of their ids' hashes that takes one of each article before a second of any."""
    by_article: dict[str, list[_Pair]] = defaultdict(list)
    for pair in sorted(pairs, key=lambda pair: hashlib.sha256(pair.pair_id.encode()).digest()):
        by_article[pair.article_id].append(pair)
    rounds = zip_longest(*by_article.values())
    return (pair for pair in chain.from_iterable(rounds) if pair is not None)
