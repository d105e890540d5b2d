"""How far pairs cover the topics of a version, and what requests about each gave. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ownvoice.exploration.explored import KindGain, Topic

if TYPE_CHECKING:
    from ownvoice.exploration.read import ArticleCounts


def covered(
    terms: Sequence[tuple[str, ...]],
    topic_of: Mapping[str, int | None],
    split_of: Mapping[str, str],
    counts: ArticleCounts,
) -> tuple[Topic, ...]:
    """Return each topic, numbered from 1, with the sums over its articles; a pair is of its article's topic."""
    articles: dict[int, list[str]] = {number: [] for number in range(1, len(terms) + 1)}
    for name, topic in topic_of.items():
        if topic is not None:
            articles[topic].append(name)
    return tuple(_topic(number, terms[number - 1], names, split_of, counts) for number, names in articles.items())


def _topic(
    number: int, terms: tuple[str, ...], articles: Sequence[str], split_of: Mapping[str, str], counts: ArticleCounts
) -> Topic:
    in_train = sum(1 for name in articles if split_of[name] == "train")
    return Topic(
        number=number,
        terms=terms,
        train_articles=in_train,
        test_articles=len(articles) - in_train,
        uncovered=sum(1 for name in articles if not counts.train[name] and not counts.test[name]),
        train_pairs=sum(counts.train[name] for name in articles),
        test_pairs=sum(counts.test[name] for name in articles),
        requests=sum(counts.requests[name] for name in articles),
        kept=sum(counts.kept[name] for name in articles),
        waiting=sum(counts.waiting[name] for name in articles),
        dead=sum(counts.dead[name] for name in articles),
    )


def kind_gains(pairs_by_kind: Mapping[str, int], requests: int) -> tuple[KindGain, ...]:
    """Return the kinds of instructions, fewest pairs first; one request asks for all kinds of its prompt version."""
    gains = (
        KindGain(kind=kind, pairs=pairs, gain=100 * pairs / requests if requests else None)
        for kind, pairs in pairs_by_kind.items()
    )
    return tuple(sorted(gains, key=lambda one: (one.pairs, one.kind)))
