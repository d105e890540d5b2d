"""The outcomes of a batch as one file of the run: written while they come, and all there or not there."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, fields
from typing import Any

import pyarrow as pa

from ownvoice.config.prices import ModelPrice
from ownvoice.config.run import RefreshRun
from ownvoice.errors import StorageError
from ownvoice.llm.chunk_outcome import ChunkOutcome
from ownvoice.llm.task_try import TaskTry
from ownvoice.states import ChunkEvent, ChunkState, next_chunk_state
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import RunKeys
from ownvoice.storage.tables import CHUNKS

_NAMES = {"faults", "cost_usd", *(field.name for kind in (ChunkOutcome, TaskTry) for field in fields(kind))}

OUTCOMES = pa.schema([column for column in CHUNKS if column.name in _NAMES])
"""The columns of `tables/chunks` that generation fills."""

OutcomeRow = dict[str, Any]

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
    rows = lake.read_rows(run.keys.outcomes(batch))
    if rows is None:
        raise StorageError(
            f"{lake.uri}/{run.keys.folder} has no outcomes of {batch}: clear its generate_batch and run again."
        )
    return {(row["article_id"], row["chunk_index"]): row for row in rows.to_pylist()}


def count_states(lake: Lake, run_id: str, batch: str) -> Counter[ChunkState]:
    """Return how many chunks of a batch are in each state; none before its outcomes are written."""
    rows = lake.read_rows(RunKeys(run_id).outcomes(batch))
    events = [] if rows is None else rows["event"].to_pylist()
    return Counter(next_chunk_state(ChunkState.PLANNED, ChunkEvent(event)) for event in events)


def outcome_row(outcome: ChunkOutcome, prices: Mapping[str, ModelPrice]) -> OutcomeRow:
    """Return an outcome as a row of `OUTCOMES`; `cost_usd` is None where the model's price is not known."""
    price = prices.get(outcome.model)
    row: OutcomeRow = asdict(outcome) | asdict(outcome.task_try)
    del row["task_try"]
    cost_usd = price.cost_usd(outcome.prompt_tokens, outcome.completion_tokens) if price else None
    return row | {"request_key": outcome.request_key or None, "faults": outcome.faults, "cost_usd": cost_usd}
