"""Exploring a dataset version: from its tables and originals to topics, map, coverage, diversity and gain."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ownvoice.errors import DamagedError
from ownvoice.exploration.article_map import MAX_POINTS, places_of
from ownvoice.exploration.coverage import covered, kind_gains
from ownvoice.exploration.diversity import compared
from ownvoice.exploration.explored import Compared, Exploration, Point
from ownvoice.exploration.read import (
    ArticleCounts,
    Say,
    Sources,
    by_hash,
    count_by_article,
    count_by_kind,
    read_pair_texts,
    read_sources,
)
from ownvoice.exploration.stored import read_exploration, write_exploration
from ownvoice.exploration.topics import Topics, find_topics
from ownvoice.storage.lake import Lake
from ownvoice.storage.versions import DatasetVersion, all_versions

MAX_FITTED = 2000
"""The articles that topics are found on, those first by the hash of their ids; the others are given to these topics."""


def explored(lake: Lake, version: DatasetVersion, say: Say, *, again: bool = False) -> Exploration:
    """Return what was found out about a version; explore it where that is missing, damaged, or wanted `again`."""
    if not again:
        try:
            if found := read_exploration(lake, version):
                return found
        except DamagedError as error:
            say(str(error))
    found = explore(lake, version, say)
    write_exploration(lake, found)
    return found


def explore(lake: Lake, version: DatasetVersion, say: Say) -> Exploration:
    """Explore a version; nothing is written. Raises `StorageError` where its tables cannot be read."""
    sources, counts = read_sources(lake, version, say), count_by_article(lake, version)
    say(f"looking for topics in {len(sources.texts):,} articles")
    ids = [row.article_id for row in sources.articles]
    topics = find_topics(sources.texts, by_hash(ids, MAX_FITTED))
    topic_of = {name: int(label) + 1 if label >= 0 else None for name, label in zip(ids, topics.labels, strict=True)}
    pairs_of = counts.train + counts.test
    return Exploration(
        version=version.number,
        digest=version.digest,
        articles=len(ids),
        not_generated_from=sources.others,
        wordless=sum(1 for topic in topic_of.values() if topic is None),
        unread=tuple(sources.unread),
        topics=covered(topics.terms, topic_of, {row.article_id: row.split for row in sources.articles}, counts),
        stability=topics.stability,
        points=_points(sources, topics, counts, say),
        pairs_of_others=sum(pairs for name, pairs in pairs_of.items() if topic_of.get(name) is None),
        kinds=kind_gains(count_by_kind(lake, version), counts.requests.total()),
        diversity=_diversity(lake, version, topic_of, len(topics.terms), say),
    )


def _points(sources: Sources, topics: Topics, counts: ArticleCounts, say: Say) -> tuple[Point, ...]:
    """Return the articles that have a topic, or those of them that are drawn, with their places."""
    if topics.rows is None:
        return ()
    with_topic = np.flatnonzero(topics.labels >= 0)
    drawn = with_topic[by_hash([sources.articles[place].article_id for place in with_topic], MAX_POINTS)]
    say(f"drawing {len(drawn):,} articles")
    return tuple(
        _point(sources, place, int(topics.labels[place]) + 1, at, counts)
        for place, at in zip(drawn, places_of(topics.rows[drawn]).tolist(), strict=True)
    )


def _point(sources: Sources, place: int, topic: int, at: Sequence[float], counts: ArticleCounts) -> Point:
    article = sources.articles[place]
    return Point(
        article_id=article.article_id,
        title=article.title,
        author_id=article.author_id,
        split=article.split,
        topic=topic,
        x=at[0],
        y=at[1],
        pairs=counts.train[article.article_id] + counts.test[article.article_id],
    )


def _diversity(
    lake: Lake, version: DatasetVersion, topic_of: dict[str, int | None], topic_count: int, say: Say
) -> Compared | None:
    """Measure a version beside the one before it, by the topics of the version."""
    say("measuring how various the pairs are")
    before = [one for one in all_versions(lake) if one.number < version.number]
    earlier = read_pair_texts(lake, before[-1], topic_of) if before else None
    return compared(read_pair_texts(lake, version, topic_of), earlier, topic_count)
