"""The outcomes of a batch as one Parquet file of the run, which exists only once all of them are in it."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import TypedDict

import pyarrow as pa

from ownvoice.config.prices import ModelPrice
from ownvoice.config.run import RefreshRun
from ownvoice.errors import StorageError
from ownvoice.llm.chunk_outcome import ChunkOutcome
from ownvoice.states import STATE_AFTER, ChunkEvent, ChunkState
from ownvoice.storage.lake import Lake
from ownvoice.storage.run_keys import RunKeys
from ownvoice.storage.tables import CHUNKS


class TryRow(TypedDict):
    """One request for a chunk: when it ended (UTC, ISO 8601), and its result, as `Try` has them."""

    at: str
    result: str


class OutcomeRow(TypedDict):
    """The columns of `tables/chunks` that generation fills: the fields of `ChunkOutcome` and `TaskTry`.

    `request_key` is null where no answer was looked for, `cost_usd` where the model's price is not known.
    """

    article_id: str
    chunk_index: int
    request_key: str | None
    model: str
    event: str
    task_id: str | None
    map_index: int | None
    try_number: int | None
    attempts: int
    requests: int
    faults: list[str]
    tries: list[TryRow]
    endpoint_words: str
    prompt_tokens: int
    completion_tokens: int
    reserved_tokens: int
    wasted_tokens: int
    cost_usd: float | None
    latency_s: float


OUTCOMES = pa.schema([column for column in CHUNKS if column.name in OutcomeRow.__annotations__])

_ROWS_AT_A_TIME = 1000


@contextlib.contextmanager
def outcomes_writer(lake: Lake, run: RefreshRun, batch: str) -> Iterator[Callable[[ChunkOutcome], None]]:
    """Yield what takes one outcome after another, at most a thousand of them in memory."""
    rows: list[OutcomeRow] = []
    with lake.rows_writer(run.keys.outcomes(batch), OUTCOMES) as write:

        def add(outcome: ChunkOutcome) -> None:
            rows.append(outcome_row(outcome, run.prices))
            if len(rows) >= _ROWS_AT_A_TIME:
                write(rows)
                rows.clear()

        yield add
        write(rows)


def read_outcomes(lake: Lake, run: RefreshRun, batch: str) -> dict[tuple[str, int], OutcomeRow]:
    """Return the outcomes of a batch, by article id and chunk index. Raises `StorageError` where it has none."""
    rows = lake.read_rows(run.keys.outcomes(batch), OUTCOMES)
    if rows is None:
        raise StorageError(
            f"{lake.uri}/{run.keys.folder} has no outcomes of {batch}: clear its generate_batch and run again."
        )
    return {(row["article_id"], row["chunk_index"]): row for row in rows.to_pylist()}


def count_states(lake: Lake, run_id: str, batch: str) -> Counter[ChunkState]:
    """Return how many chunks of a batch are in each state; none before its outcomes are written."""
    rows = lake.read_rows(RunKeys(run_id).outcomes(batch))
    events = [] if rows is None else rows["event"].to_pylist()
    return Counter(STATE_AFTER[ChunkEvent(event)] for event in events)


def outcome_row(outcome: ChunkOutcome, prices: Mapping[str, ModelPrice]) -> OutcomeRow:
    """Return an outcome as a row; `prices` are by model."""
    price = prices.get(outcome.model)
    return {
        "article_id": outcome.article_id,
        "chunk_index": outcome.chunk_index,
        "request_key": outcome.request_key or None,
        "model": outcome.model,
        "event": outcome.event,
        "task_id": outcome.task_try.task_id,
        "map_index": outcome.task_try.map_index,
        "try_number": outcome.task_try.try_number,
        "attempts": outcome.attempts,
        "requests": outcome.requests,
        "faults": list(outcome.faults),
        "tries": [{"at": one.at, "result": one.result} for one in outcome.tries],
        "endpoint_words": outcome.endpoint_words,
        "prompt_tokens": outcome.prompt_tokens,
        "completion_tokens": outcome.completion_tokens,
        "reserved_tokens": outcome.reserved_tokens,
        "wasted_tokens": outcome.wasted_tokens,
        "cost_usd": price.cost_usd(outcome.prompt_tokens, outcome.completion_tokens) if price else None,
        "latency_s": outcome.latency_s,
    }
