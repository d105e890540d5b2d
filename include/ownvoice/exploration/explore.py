"""Exploring a dataset version: from its tables and originals to topics, map, coverage, diversity and gain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ownvoice.articles.table import ArticleRow
from ownvoice.errors import DamagedError, StorageError, StorageUnavailableError
from ownvoice.exploration.article_map import MAX_POINTS, places_of
from ownvoice.exploration.coverage import covered, kind_gains
from ownvoice.exploration.diversity import compared
from ownvoice.exploration.explored import Compared, Exploration, Point
from ownvoice.exploration.read import (
    ArticleCounts,
    articles_of,
    by_hash,
    count_by_article,
    count_by_kind,
    read_pair_texts,
    read_texts,
)
from ownvoice.exploration.stored import read_exploration, write_exploration
from ownvoice.exploration.topics import NO_TOPIC, Labels, Rows, Topics, find_topics
from ownvoice.storage.lake import Lake
from ownvoice.storage.versions import DatasetVersion, all_versions

MAX_FITTED = 2000
"""The articles that topics are found on, those first by the hash of their ids; the others are given to these topics."""

_READ_AT_ONCE = 200

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Articles by topic, numbered from 1; None for those without a term. `rows` are those of the articles `fitted`."""

    topics: Topics
    topic_of: dict[str, int | None]
    fitted: list[ArticleRow]
    rows: Rows
    unread: list[str]


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
    articles, others = articles_of(lake, version)
    counts, by_topic = count_by_article(lake, version), _sorted(lake, articles, say)
    topic_of, terms = by_topic.topic_of, by_topic.topics.terms
    return Exploration(
        version=version.number,
        digest=version.digest,
        articles=len(topic_of),
        not_generated_from=others,
        wordless=sum(1 for topic in topic_of.values() if topic is None),
        unread=tuple(by_topic.unread),
        topics=covered(terms, topic_of, {article.article_id: article.split for article in articles}, counts),
        stability=by_topic.topics.stability,
        points=_points(by_topic, counts, say),
        pairs_of_others=sum(
            pairs for name, pairs in (counts.train + counts.test).items() if topic_of.get(name) is None
        ),
        kinds=kind_gains(count_by_kind(lake, version), counts.requests.total()),
        diversity=_diversity(lake, version, topic_of, len(terms), say),
    )


def _sorted(lake: Lake, articles: Sequence[ArticleRow], say: Say) -> _Sorted:
    """Find topics in the first articles by hash, and give all articles to them, a part in memory at a time."""
    ranked, unread = by_hash(articles), list[str]()
    read = sorted(read_texts(lake, ranked[:MAX_FITTED], unread), key=lambda one: one[0].article_id)
    say(f"looking for topics in {len(read):,} articles")
    texts = [text for _, text in read]
    topics = find_topics(texts)
    fitted, rows = [article for article, _ in read], topics.rows_of(texts)
    topic_of = _numbered(fitted, topics.labels_of(rows))
    for start in range(MAX_FITTED, len(ranked), _READ_AT_ONCE):
        part = list(read_texts(lake, ranked[start : start + _READ_AT_ONCE], unread))
        labels = topics.labels_of(topics.rows_of([text for _, text in part]))
        topic_of |= _numbered([article for article, _ in part], labels)
        say(f"sorted {len(topic_of):,} of {len(articles):,} articles")
    return _Sorted(topics, topic_of, fitted, rows, sorted(unread))


def _numbered(articles: Sequence[ArticleRow], labels: Labels) -> dict[str, int | None]:
    return {
        article.article_id: None if label == NO_TOPIC else int(label) + 1
        for article, label in zip(articles, labels, strict=True)
    }


def _points(by_topic: _Sorted, counts: ArticleCounts, say: Say) -> tuple[Point, ...]:
    """Return the first articles by hash among those that have a topic, with their places, in the order of their ids."""
    place_of = {article.article_id: place for place, article in enumerate(by_topic.fitted)}
    with_topic = (article for article in by_topic.fitted if by_topic.topic_of[article.article_id])
    drawn = sorted(by_hash(with_topic)[:MAX_POINTS], key=lambda article: article.article_id)
    say(f"drawing {len(drawn):,} articles")
    places = places_of(by_topic.rows[[place_of[article.article_id] for article in drawn]])
    return tuple(
        Point(
            article_id=article.article_id,
            title=article.title,
            author_id=article.author_id,
            split=article.split,
            topic=by_topic.topic_of[article.article_id],
            x=x,
            y=y,
            pairs=counts.train[article.article_id] + counts.test[article.article_id],
        )
        for article, (x, y) in zip(drawn, places.tolist(), strict=True)
    )


def _diversity(
    lake: Lake, version: DatasetVersion, topic_of: dict[str, int | None], topic_count: int, say: Say
) -> Compared | None:
    """Measure a version beside the one before it, by the topics of the version.

    A version from before a migration lacks columns and is left out, as is one that is damaged.
    """
    say("measuring how various the pairs are")
    before = [one for one in all_versions(lake) if one.number < version.number]
    earlier = None
    try:
        earlier = read_pair_texts(lake, before[-1], topic_of) if before else None
    except StorageUnavailableError:
        raise
    except StorageError as error:
        say(f"version {before[-1].number} is not compared with: {error}")
    return compared(read_pair_texts(lake, version, topic_of), earlier, topic_count)
