"""What the rows of `tables/chunks` of one run add up to: chunks, faults, requests, triples and tokens. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence

from ownvoice.dataset.refresh_report import ChunkCounts, TokenCounts, TripleCounts
from ownvoice.llm.chunk_outcome import ANSWERED
from ownvoice.reports.timeline import own_tries
from ownvoice.states import ChunkState
from ownvoice.storage.rows import ChunkRow


def chunk_counts(chunks: Iterable[ChunkRow]) -> ChunkCounts:
    """Count chunks by state."""
    states = Counter(chunk["state"] for chunk in chunks)
    return ChunkCounts(
        total=states.total(),
        answered=states[ChunkState.ANSWERED],
        reused=states[ChunkState.REUSED],
        deferred=states[ChunkState.DEFERRED],
        dead=states[ChunkState.DEAD],
    )


def deferral_counts(chunks: Iterable[ChunkRow]) -> dict[str, int]:
    """Count the chunks that are left for a later run by the event that left them."""
    events = (chunk["event"] for chunk in chunks if chunk["state"] == ChunkState.DEFERRED)
    return dict(Counter(events).most_common())


def fault_counts(chunks: Iterable[ChunkRow], started_at: dt.datetime) -> dict[str, int]:
    """Count the tries that went wrong since the run `started_at`; a chunk names those of earlier runs too."""
    tries = (one for chunk in chunks for one in own_tries(chunk, started_at))
    return dict(Counter(one["result"] for one in tries if one["result"] != ANSWERED).most_common())


def chunks_by_requests(chunks: Iterable[ChunkRow]) -> dict[str, int]:
    """Count the chunks that this run asked about by how many requests each took."""
    requests = Counter(chunk["requests"] for chunk in chunks)
    return {str(made): count for made, count in sorted(requests.items()) if made}


def triple_counts(chunks: Sequence[ChunkRow]) -> TripleCounts:
    """Count triples by what became of them."""
    reasons: Counter[str] = Counter()
    for chunk in chunks:
        reasons.update(chunk["drop_reasons"])
    return TripleCounts(
        total=sum(chunk["triples"] for chunk in chunks),
        kept=sum(chunk["kept"] for chunk in chunks),
        dropped=dict(reasons.most_common()),
    )


def token_counts(chunks: Sequence[ChunkRow]) -> TokenCounts:
    """Add up the tokens of the answers that this run paid for."""
    return TokenCounts(
        prompt=sum(chunk["prompt_tokens"] for chunk in chunks),
        completion=sum(chunk["completion_tokens"] for chunk in chunks),
    )
