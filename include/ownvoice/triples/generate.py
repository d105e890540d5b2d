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
from ownvoice.triples.batch_api import PlanBatch, ask_in_batches, take_in
from ownvoice.triples.batch_files import BatchFault
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
    can succeed, and `BatchesRunningError` while answers are on their way through a batch API: call again when those
    batches have ended.
    """
    run = recorded_run(lake, run_id)
    asks = [_ask(chunk, run) for chunk in read_batch(lake, run, batch)]
    outcomes = asyncio.run(_settle(PlanBatch(lake, run, batch), asks, access, on_outcome))
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


async def _settle(
    plan: PlanBatch, asks: list[ChunkAsk], access: ModelAccess, on_outcome: Callable[[ChunkOutcome], None] | None
) -> list[ChunkOutcome]:
    """Take in what was submitted earlier, in either mode; then ask for the rest in the run's own."""
    gave_up = await take_in(plan, {ask.request_key for ask in asks}, access)
    if plan.run.mode == "realtime":
        return await ask_chunks(asks, AnswerStore(plan.lake.store), access, on_outcome=on_outcome)
    outcomes = await ask_in_batches(plan, asks, gave_up, access)
    if on_outcome:
        for outcome in outcomes:
            on_outcome(outcome)
    return outcomes


def _refuse_silence(batch: str, outcomes: list[ChunkOutcome]) -> None:
    """Fail a batch of which most is unanswered, so that it is tried again in minutes and not only tomorrow.

    What a person cancelled at the endpoint is left for another night.
    """
    not_answered = [outcome for outcome in outcomes if outcome.event is ChunkEvent.NOT_ANSWERED]
    unanswered = [outcome for outcome in not_answered if outcome.faults[-1] != BatchFault.CANCELLED]
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
