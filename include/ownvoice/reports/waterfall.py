"""The steps of a report's waterfall, from articles to pairs, for tables and charts alike. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from ownvoice.dataset.refresh_report import RefreshReport
from ownvoice.states import ArticleEvent

Kind = Literal["total", "lost", "added", "left"]

_TO_ASK_ABOUT = (ArticleEvent.APPEARED, ArticleEvent.EDITED, ArticleEvent.PROMOTED, ArticleEvent.RETRIED)


@dataclass(frozen=True, slots=True)
class Step:
    """One bar, from `start` to `end`, in the unit of its stage; a loss hangs down from the end of the bar before it."""

    stage: str
    name: str
    kind: Kind
    start: int
    end: int

    @property
    def count(self) -> int:
        """The length of the bar."""
        return self.end - self.start


def waterfall(report: RefreshReport) -> list[Step]:
    """Return the steps of every stage that the refresh reached: articles, chunks, triples."""
    chunks, triples = report.chunks, report.triples
    unanswered = {"deferred": chunks.deferred, "dead": chunks.dead}
    steps = (
        *_articles(report.articles, report.left_out, report.planned.articles),
        *_stage("chunks", "planned", chunks.total, unanswered, "with an answer"),
        *_stage("triples", "answered", triples.total, triples.dropped, "pairs"),
    )
    reached = {step.stage for step in steps if step.count}
    return [step for step in steps if step.stage in reached]


def _articles(counts: Mapping[str, int], left_out: Mapping[str, int], planned: int) -> Iterator[Step]:
    """Yield the steps from changed articles to those to ask about.

    Some changed articles may wait for a later run, and some may be left from an earlier one.
    """
    pending = planned + sum(left_out.values())
    changed = {name: count for name, count in counts.items() if name != "unchanged"}
    not_asked = {name: count for name, count in changed.items() if name not in _TO_ASK_ABOUT}
    total = sum(changed.values())
    arrived = total - sum(not_asked.values())
    yield Step("articles", "changed", "total", 0, total)
    yield from _lost("articles", total, not_asked | {"not in this run": max(arrived - pending, 0)})
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
