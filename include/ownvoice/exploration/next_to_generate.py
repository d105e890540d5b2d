"""What to generate next: topics that the version holds too few pairs of. Advice with numbers, and no promise. Pure.

Expected pairs are what requests about the topic gave so far, times the chunks that wait; a chunk is one request.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ownvoice.exploration.explored import Topic

FEW = 0.5
"""A topic has few pairs below this share of what the version's articles have on average."""


class Reason(StrEnum):
    """Why a topic comes next, in the order of the list."""

    NOT_IN_TRAIN = "not_in_train"  # the test side has pairs of it, and no model learns from one
    NO_PAIRS = "no_pairs"
    FEW_PAIRS = "few_pairs"


REASONS = {
    Reason.NOT_IN_TRAIN: "the test side has pairs of it and train has none: a training is judged on what it never saw",
    Reason.NO_PAIRS: "no pair comes from any of its articles",
    Reason.FEW_PAIRS: "its articles have fewer than half the pairs of an article on average",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A topic that comes next. `expected` is the pairs that its waiting chunks would give at its own gain, or None."""

    topic: Topic
    reason: Reason
    pairs_per_article: float
    expected: float | None

    @property
    def advice(self) -> str:
        """Say what a person can do now."""
        topic = self.topic
        if topic.waiting:
            gives = (
                "" if self.expected is None else f", which would give about {self.expected:.0f} pairs at its own gain"
            )
            return f"`ownvoice refresh` asks about its {topic.waiting} waiting {_chunks(topic.waiting)}{gives}"
        if topic.dead:
            return f"`ownvoice retry` asks again about its {topic.dead} dead {_chunks(topic.dead)}"
        if self.reason is Reason.NOT_IN_TRAIN:
            return "nothing waits: the source needs further articles on it, as those of the test side never train"
        return "nothing waits: the source needs further articles on it, or the recipe further prompts (`augment`)"


def next_to_generate(topics: Sequence[Topic]) -> list[Candidate]:
    """Return the topics that come next: by reason, then by the pairs that their waiting chunks would give."""
    articles = sum(topic.articles for topic in topics)
    average = sum(topic.pairs for topic in topics) / articles if articles else 0.0
    found = [_candidate(topic, reason) for topic in topics if (reason := _reason(topic, average))]
    order = list(Reason)
    return sorted(found, key=lambda one: (order.index(one.reason), -(one.expected or 0), -one.topic.articles))


def _reason(topic: Topic, average: float) -> Reason | None:
    if topic.test_pairs and not topic.train_pairs:
        return Reason.NOT_IN_TRAIN
    if not topic.pairs:
        return Reason.NO_PAIRS
    return Reason.FEW_PAIRS if topic.pairs / topic.articles < FEW * average else None


def _candidate(topic: Topic, reason: Reason) -> Candidate:
    expected = None if topic.gain is None else topic.waiting * topic.gain / 100
    return Candidate(topic, reason, topic.pairs / topic.articles, expected)


def _chunks(count: int) -> str:
    return "chunk" if count == 1 else "chunks"
