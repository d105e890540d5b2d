"""When the batches of a refresh were at work, and when what went wrong: from the tries that its chunks record. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from ownvoice.chunks.plan import batch_label
from ownvoice.llm.chunk_outcome import ANSWERED
from ownvoice.states import ChunkState
from ownvoice.storage.rows import ChunkRow, TryRow

TIMELINE_COLUMNS = "batch, article_id, chunk_index, state, tries, latency_s"
"""The columns of `tables/chunks` that this module reads."""

_PARTS = 40
_MIN_PART_S = 1.0


@dataclass(frozen=True, slots=True)
class BatchTime:
    """One batch, from its first try to its last. `began` and `ended` are None where none of its chunks was asked."""

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
        """Seconds from the start of the first try to the end of the last."""
        return (self.ended - self.began).total_seconds() if self.began and self.ended else None


class FaultCount(NamedTuple):
    """How many tries met a fault in a part of the run that begins `at`."""

    at: dt.datetime
    fault: str
    tries: int


def own_tries(chunk: ChunkRow, started_at: dt.datetime) -> list[TryRow]:
    """Return the tries of a chunk since the run `started_at`; a row also has the tries behind earlier answers."""
    return [one for one in chunk["tries"] if dt.datetime.fromisoformat(one["at"]) >= started_at]


def batch_times(chunks: Iterable[ChunkRow], started_at: dt.datetime) -> list[BatchTime]:
    """Return the batches of a run that `started_at`, in the order of their names."""
    in_order = sorted(chunks, key=lambda chunk: (chunk["batch"], chunk["article_id"], chunk["chunk_index"]))
    batches = groupby(in_order, lambda chunk: chunk["batch"])
    return [_batch_time(name, list(of_batch), started_at) for name, of_batch in batches]


def slowest(batches: Iterable[BatchTime], most: int = 5) -> list[BatchTime]:
    """Return the batches that took longest."""
    asked = [one for one in batches if one.took_s is not None]
    return sorted(asked, key=lambda one: one.took_s or 0.0, reverse=True)[:most]


def faults_over_time(chunks: Iterable[ChunkRow], started_at: dt.datetime) -> list[FaultCount]:
    """Count the tries of a run that went wrong, by fault, in forty equal parts from the first such try to the last."""
    faults = [
        (dt.datetime.fromisoformat(one["at"]), one["result"])
        for chunk in chunks
        for one in own_tries(chunk, started_at)
        if one["result"] != ANSWERED
    ]
    if not faults:
        return []
    first, last = min(faults)[0], max(faults)[0]
    part_s = max((last - first).total_seconds() / _PARTS, _MIN_PART_S)
    counts = Counter((int((at - first).total_seconds() / part_s), fault) for at, fault in faults)
    return [
        FaultCount(first + dt.timedelta(seconds=part * part_s), fault, tries)
        for (part, fault), tries in sorted(counts.items())
    ]


def _batch_time(name: str, chunks: list[ChunkRow], started_at: dt.datetime) -> BatchTime:
    """Sum up one batch; its `chunks` are in the order of the plan."""
    asked = [(chunk, tries) for chunk in chunks if (tries := own_tries(chunk, started_at))]
    tries = [one for _, of_chunk in asked for one in of_chunk]
    moments = [dt.datetime.fromisoformat(one["at"]) for one in tries]
    # The time of a try is that of its end: the first one began a latency earlier.
    latency = dt.timedelta(seconds=min((chunk["latency_s"] for chunk, _ in asked), default=0.0))
    first, last = ((chunk["article_id"], chunk["chunk_index"]) for chunk in (chunks[0], chunks[-1]))
    return BatchTime(
        name=name,
        label=batch_label(first, last),
        chunks=len(chunks),
        dead=sum(chunk["state"] == ChunkState.DEAD for chunk in chunks),
        tries=len(tries),
        faults=sum(one["result"] != ANSWERED for one in tries),
        began=min(moments) - latency if moments else None,
        ended=max(moments) if moments else None,
    )
