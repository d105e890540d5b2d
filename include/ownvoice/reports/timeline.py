"""When the batches of a refresh were at work, and when what went wrong: from the tries that its chunks record."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from ownvoice.chunks.plan import batch_label
from ownvoice.llm.chunk_outcome import ANSWERED
from ownvoice.pairs.staging import Row

TIMELINE_COLUMNS = "batch, article_id, chunk_index, state, tries, latency_s, cost_usd, prompt_tokens, completion_tokens"
_BINS = 40


@dataclass(frozen=True, slots=True)
class BatchTime:
    """One batch: from its first try to its last. `began` and `ended` are None where none of its chunks was asked."""

    name: str
    label: str
    chunks: int
    dead: int
    tries: int
    faults: int
    began: dt.datetime | None
    ended: dt.datetime | None

    @property
    def took_s(self) -> float | None:
        """Seconds from the first try to the end of the last."""
        return (self.ended - self.began).total_seconds() if self.began and self.ended else None


def own_tries(chunk: Row, started_at: dt.datetime) -> list[Row]:
    """Return the tries of a chunk since its run `started_at`; answers of earlier nights are among all of them."""
    return [one for one in chunk["tries"] if dt.datetime.fromisoformat(one["at"]) >= started_at]


def batch_times(chunks: Iterable[Row], started_at: dt.datetime) -> list[BatchTime]:
    """Return the batches of a run that `started_at`, in the order of their names."""
    own = [chunk | {"tries": own_tries(chunk, started_at)} for chunk in chunks]
    by_place = sorted(own, key=itemgetter("batch", "article_id", "chunk_index"))
    return [_batch_time(name, list(rows)) for name, rows in groupby(by_place, itemgetter("batch"))]


def slowest(batches: Iterable[BatchTime], most: int = 5) -> list[BatchTime]:
    """Return the batches that took longest."""
    asked = [one for one in batches if one.took_s is not None]
    return sorted(asked, key=lambda one: one.took_s or 0.0, reverse=True)[:most]


def faults_over_time(chunks: Iterable[Row], started_at: dt.datetime) -> list[dict[str, Any]]:
    """Return how many tries of a run went wrong in what way, in forty equal parts of the time in which any did."""
    faults = [
        (dt.datetime.fromisoformat(one["at"]), one["result"])
        for chunk in chunks
        for one in own_tries(chunk, started_at)
        if one["result"] != ANSWERED
    ]
    if not faults:
        return []
    first, last = min(faults)[0], max(faults)[0]
    part_s = max((last - first).total_seconds() / _BINS, 1.0)
    counts = Counter((int((at - first).total_seconds() / part_s), result) for at, result in faults)
    return [
        {"at": (first + dt.timedelta(seconds=part * part_s)).isoformat(), "fault": result, "tries": count}
        for (part, result), count in sorted(counts.items())
    ]


def _batch_time(name: str, chunks: list[Row]) -> BatchTime:
    tries = [one for chunk in chunks for one in chunk["tries"]]
    moments = [dt.datetime.fromisoformat(one["at"]) for one in tries]
    # A try is written down as it ends; the first one began a latency earlier.
    wait = dt.timedelta(seconds=min((chunk["latency_s"] for chunk in chunks if chunk["tries"]), default=0.0))
    return BatchTime(
        name,
        batch_label(*((chunk["article_id"], chunk["chunk_index"]) for chunk in (chunks[0], chunks[-1]))),
        len(chunks),
        sum(chunk["state"] == "dead" for chunk in chunks),
        len(tries),
        sum(one["result"] != ANSWERED for one in tries),
        min(moments) - wait if moments else None,
        max(moments) if moments else None,
    )
