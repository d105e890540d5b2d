"""From articles to pairs: the steps of a report's waterfall. Pure; pages and charts show the same steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ownvoice.life import ArticleEvent

Kind = Literal["total", "lost", "added", "left"]

_TO_ASK_ABOUT = (ArticleEvent.APPEARED, ArticleEvent.EDITED, ArticleEvent.PROMOTED)


@dataclass(frozen=True, slots=True)
class Step:
    """One bar, from `start` to `end`, in what its stage counts; what is lost hangs from what stood before it."""

    stage: str
    name: str
    kind: Kind
    start: int
    end: int

    @property
    def count(self) -> int:
        """How many the bar stands for."""
        return self.end - self.start


def waterfall(report: Mapping[str, Any]) -> list[Step]:
    """Return the steps of every stage that the refresh came to: articles, chunks, triples."""
    chunks, triples = report["chunks"], report["triples"]
    unanswered = {name: chunks[name] for name in ("deferred", "dead")}
    steps = (
        *_articles(report["articles"], report["planned"]["articles"]),
        *_stage("chunks", "planned", chunks["total"], unanswered, "with an answer"),
        *_stage("triples", "answered", triples["total"], triples["dropped"], "pairs"),
    )
    reached = {step.stage for step in steps if step.count}
    return [step for step in steps if step.stage in reached]


def _articles(counts: Mapping[str, int], planned: int) -> Iterator[Step]:
    """Begin with what the night found changed; some of it may wait on, and some may have waited for it."""
    changed = {name: count for name, count in counts.items() if name != "unchanged"}
    settled = {name: count for name, count in changed.items() if name not in _TO_ASK_ABOUT}
    total = sum(changed.values())
    waiting = total - sum(settled.values()) - planned
    *steps, last = _stage("articles", "changed", total, settled | {"not in this run": max(waiting, 0)}, "to ask about")
    yield from steps
    if waiting < 0:
        yield Step("articles", "left from before", "added", last.end, planned)
    yield Step("articles", "to ask about", "left", 0, planned)


def _stage(stage: str, first: str, total: int, lost: Mapping[str, int], last: str) -> Iterator[Step]:
    """Yield the total, a step down for each reason, and what is left."""
    yield Step(stage, first, "total", 0, total)
    left = total
    for name, count in sorted(lost.items(), key=lambda item: -item[1]):
        if count:
            yield Step(stage, name.replace("_", " "), "lost", left - count, left)
            left -= count
    yield Step(stage, last, "left", 0, left)
