"""The third step of a refresh, once a batch: ask the model about every chunk that has no stored answer."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pyarrow as pa

from ownvoice.chunks.planned import read_batch
from ownvoice.errors import ModelUnavailableError, StorageError
from ownvoice.lake import Lake
from ownvoice.life import ChunkEvent, ChunkState, next_chunk_state
from ownvoice.run import RefreshRun, recorded_run
from ownvoice.triples.answers import AnswerStore
from ownvoice.triples.ask import ChunkAsk, ChunkOutcome, ask_chunks
from ownvoice.triples.client import ModelAccess
from ownvoice.triples.request import request_body, request_key

OUTCOMES = pa.schema(
    [
        ("article_id", pa.string()),
        ("chunk_index", pa.int64()),
        ("request_key", pa.string()),
        ("event", pa.string()),
        ("attempts", pa.int64()),
        ("faults", pa.list_(pa.string())),
        ("prompt_tokens", pa.int64()),
        ("completion_tokens", pa.int64()),
        ("latency_s", pa.float64()),
    ]
)


def generate_batch(
    lake: Lake,
    run_id: str,
    batch: str,
    access: ModelAccess,
    on_outcome: Callable[[ChunkOutcome], None] | None = None,
) -> dict[str, int]:
    """Settle the chunks of one batch and write down what became of each; return counts by chunk state.

    Every answer is in the lake before this looks at it, so that a killed or cleared task asks only for the rest.
    Raises `ModelUnavailableError` where most chunks were left without an answer, `ModelAccessError` where no request
    can succeed.
    """
    run = recorded_run(lake, run_id)
    asks = [_ask(chunk, run) for chunk in read_batch(lake, run, batch)]
    outcomes = asyncio.run(ask_chunks(asks, AnswerStore(lake.store), access, on_outcome=on_outcome))
    _refuse_silence(batch, outcomes)
    rows = pa.Table.from_pylist([asdict(outcome) for outcome in outcomes], schema=OUTCOMES)
    lake.write_rows(_outcomes_key(run, batch), rows)
    return dict(Counter(str(next_chunk_state(ChunkState.PLANNED, outcome.event)) for outcome in outcomes))


def read_outcomes(lake: Lake, run: RefreshRun, batch: str) -> dict[tuple[str, int], dict[str, Any]]:
    """Return the outcomes of a batch, by article id and chunk index."""
    rows = lake.read_rows(_outcomes_key(run, batch))
    if rows is None:
        raise StorageError(
            f"{lake.uri}/{run.folder} has no outcomes of {batch}: clear its generate_batch and run again."
        )
    return {(row["article_id"], row["chunk_index"]): row for row in rows.to_pylist()}


def _refuse_silence(batch: str, outcomes: list[ChunkOutcome]) -> None:
    """Fail a batch of which most is unanswered, so that it is tried again in minutes and not only tomorrow."""
    unanswered = [outcome for outcome in outcomes if outcome.event is ChunkEvent.NOT_ANSWERED]
    if 2 * len(unanswered) > len(outcomes):
        faults = Counter(outcome.faults[-1] for outcome in unanswered)
        commonest = ", ".join(f"{count} {fault}" for fault, count in faults.most_common(3))
        raise ModelUnavailableError(
            f"{batch}: {len(unanswered)} of {len(outcomes)} chunks were left without an answer ({commonest}). "
            "What had arrived is stored; run again when the endpoint answers."
        )


def _ask(chunk: dict[str, Any], run: RefreshRun) -> ChunkAsk:
    body = request_body(run.recipe, chunk["text"])
    return ChunkAsk(chunk["article_id"], chunk["chunk_index"], request_key(body), body)


def _outcomes_key(run: RefreshRun, batch: str) -> str:
    return f"{run.folder}/outcomes/{batch}.parquet"
