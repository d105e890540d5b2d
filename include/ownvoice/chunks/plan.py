"""What the plan of a run holds: a file of chunks for each batch, one of those left for later, and a summary."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ownvoice.config.run import RefreshRun
from ownvoice.errors import StorageError
from ownvoice.storage.lake import Lake

PLANNED_CHUNKS = pa.schema(
    [
        ("article_id", pa.string()),
        ("article_sha256", pa.string()),
        ("author_id", pa.string()),
        ("source_key", pa.string()),
        ("split", pa.string()),
        ("chunk_index", pa.int64()),
        ("chunk_key", pa.string()),
        ("clean_start", pa.int64()),
        ("clean_end", pa.int64()),
        ("start", pa.int64()),
        ("end", pa.int64()),
        ("text", pa.string()),
        ("is_retry", pa.bool_()),  # a dead chunk that is to be asked about as often again
    ]
)

PlannedChunk = dict[str, Any]

DEFERRED = "deferred"

OTHER_LANGUAGE = "other_language"
"""Why an article is left out of a plan: it is in none of the recipe's languages."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one mapped task works on: `name` is its file below `runs/<run>/plan/`, `label` what people read."""

    name: str
    label: str
    chunks: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The summary: what is pending tonight, what of it is left for later, and what it may cost at most.

    `models` has the same two token counts for each model.
    `left_out` counts, by reason, articles that are not asked about at all; they are no part of `articles`.
    """

    batches: tuple[str, ...]
    articles: int
    chunks: int
    deferred: int
    estimated_prompt_tokens: int
    most_completion_tokens: int
    models: dict[str, dict[str, int]] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)


def write_batch(lake: Lake, run: RefreshRun, name: str, chunks: list[PlannedChunk]) -> None:
    """Put the chunks of a batch where its task finds them."""
    lake.write_rows(_key(run, name), pa.Table.from_pylist(chunks, schema=PLANNED_CHUNKS))


def read_batch(lake: Lake, run: RefreshRun, name: str) -> list[PlannedChunk]:
    """Return the planned chunks of a batch. Raises `StorageError` where there is no such batch."""
    rows = lake.read_rows(_key(run, name))
    if rows is None:
        raise StorageError(f"{lake.uri}/{_key(run, name)} is not there. Clear plan_batches of this run and run again.")
    return list(rows.to_pylist())


@contextlib.contextmanager
def open_batch(lake: Lake, run: RefreshRun, name: str) -> Iterator[pq.ParquetFile]:
    """Open the planned chunks of a batch, to be read in parts."""
    with lake.open_rows(_key(run, name)) as rows:
        yield rows


def write_plan(lake: Lake, run: RefreshRun, plan: Plan) -> None:
    """Write the summary, after all that it sums up."""
    lake.write_json(run.keys.plan, asdict(plan))


def read_plan(lake: Lake, run: RefreshRun) -> Plan:
    """Return the summary. Raises `StorageError` where `plan_batches` has not finished for this run."""
    stored = lake.read_json(run.keys.plan)
    if stored is None:
        raise StorageError(
            f"{lake.uri}/{run.keys.folder} holds no plan.json: plan_batches has not finished for this run. "
            "Clear that task and run again."
        )
    return Plan(**stored | {"batches": tuple(stored["batches"])})


def label(chunks: Sequence[PlannedChunk]) -> str:
    """Name a batch by its articles and chunk range, as the mapped task is called in the Airflow UI."""
    first, last = chunks[0], chunks[-1]
    begin = f"{first['article_id']} {first['chunk_index']}"
    if first["article_id"] != last["article_id"]:
        return f"{begin} … {last['article_id']} {last['chunk_index']}"
    return begin if first == last else f"{begin}-{last['chunk_index']}"


def _key(run: RefreshRun, name: str) -> str:
    return run.keys.planned(name)
