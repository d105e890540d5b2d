"""From articles to pairs: the steps of a report's waterfall. Pure; pages and charts show the same steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ownvoice.states import ArticleEvent

Kind = Literal["total", "lost", "added", "left"]

_TO_ASK_ABOUT = (ArticleEvent.APPEARED, ArticleEvent.EDITED, ArticleEvent.PROMOTED, ArticleEvent.RETRIED)


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
        *_articles(report["articles"], report["left_out"], report["planned"]["articles"]),
        *_stage("chunks", "planned", chunks["total"], unanswered, "with an answer"),
        *_stage("triples", "answered", triples["total"], triples["dropped"], "pairs"),
    )
    reached = {step.stage for step in steps if step.count}
    return [step for step in steps if step.stage in reached]


def _articles(counts: Mapping[str, int], left_out: Mapping[str, int], planned: int) -> Iterator[Step]:
    """Begin with what the night found changed; some of it may wait on, and some may have waited for it."""
    pending = planned + sum(left_out.values())
    changed = {name: count for name, count in counts.items() if name != "unchanged"}
    settled = {name: count for name, count in changed.items() if name not in _TO_ASK_ABOUT}
    total = sum(changed.values())
    arrived = total - sum(settled.values())
    yield Step("articles", "changed", "total", 0, total)
    yield from _lost("articles", total, settled | {"not in this run": max(arrived - pending, 0)})
    if arrived < pending:
        yield Step("articles", "left from before", "added", arrived, pending)
    yield from _lost("articles", pending, left_out)
    yield Step("articles", "to ask about", "left", 0, planned)


def _stage(stage: str, first: str, total: int, lost: Mapping[str, int], last: str) -> Iterator[Step]:
    """Yield the total, a step down for each reason, and what is left."""
    yield Step(stage, first, "total", 0, total)
    yield from _lost(stage, total, lost)
    yield Step(stage, last, "left", 0, total - sum(lost.values()))


def _lost(stage: str, left: int, lost: Mapping[str, int]) -> Iterator[Step]:
    """Yield a step down for each reason, from what is `left` before them."""
    for name, count in sorted(lost.items(), key=lambda item: -item[1]):
        if count:
            yield Step(stage, name.replace("_", " "), "lost", left - count, left)
            left -= count
