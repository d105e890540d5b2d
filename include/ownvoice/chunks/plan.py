"""The plan of a run: a file of chunks for each batch, one for the chunks left for later, and a summary."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, TypedDict

import pyarrow as pa
import pyarrow.parquet as pq

from ownvoice.chunks.estimate import TokenEstimate
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
        ("text", pa.string()),  # empty for a chunk that is left for later
        ("is_retry", pa.bool_()),  # a dead chunk, which has as many attempts again
    ]
)


class PlannedChunk(TypedDict):
    """One row of `PLANNED_CHUNKS`: a chunk with what its pairs need to know of its article.

    `clean_start` and `clean_end` are offsets in the cleaned text, `start` and `end` in the original; all count code
    points.
    """

    article_id: str
    article_sha256: str
    author_id: str
    source_key: str
    split: str
    chunk_index: int
    chunk_key: str
    clean_start: int
    clean_end: int
    start: int
    end: int
    text: str
    is_retry: bool


DEFERRED = "deferred"
"""The name of the batch that holds the chunks left for later."""

OTHER_LANGUAGE = "other_language"
"""Why an article is left out of a plan: it is in none of the recipe's languages, and waits until it is."""

NO_PROSE = "no_prose"
"""Why an article is left out of a plan: it holds no sentence that could be quoted, as navigation does."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The work of one mapped task: the file `name` of the plan, its `label` for people, and its number of chunks."""

    name: str
    label: str
    chunks: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The summary of a plan: how much is pending, how much of it is left for later, and what it costs at most.

    `articles` and `chunks` count all that is pending, `deferred` the chunks left for later. The tokens are those of the
    articles within the run's limit, of a dry run too; `models` has both counts for each model. `left_out` counts, by
    reason, the articles that are not asked about at all and so are not among `articles`.
    """

    batches: tuple[str, ...]
    articles: int
    chunks: int
    deferred: int
    estimated_prompt_tokens: int
    most_completion_tokens: int
    models: dict[str, TokenEstimate] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)


def write_batch(lake: Lake, run: RefreshRun, name: str, chunks: Sequence[PlannedChunk]) -> None:
    """Write the chunks of a batch for the task that works on it."""
    lake.write_rows(run.keys.planned(name), pa.Table.from_pylist(chunks, schema=PLANNED_CHUNKS))


def read_batch(lake: Lake, run: RefreshRun, name: str) -> list[PlannedChunk]:
    """Return the planned chunks of a batch. Raises `StorageError` where there is no such batch."""
    key = run.keys.planned(name)
    rows = lake.read_rows(key, PLANNED_CHUNKS)
    if rows is None:
        raise StorageError(f"{lake.uri}/{key} is not there. Clear plan_batches of this run and run again.")
    return list(rows.to_pylist())


@contextlib.contextmanager
def open_batch(lake: Lake, run: RefreshRun, name: str) -> Iterator[pq.ParquetFile]:
    """Open the planned chunks of a batch, to be read in parts. Raises `StorageError` where there is no such batch."""
    with lake.open_rows(run.keys.planned(name)) as rows:
        yield rows


def write_left_out(lake: Lake, run: RefreshRun, article_ids: Iterable[str]) -> None:
    """Write the articles that are pending and not asked about; they stay pending."""
    lake.write_json(run.keys.left_out, sorted(article_ids))


def read_left_out(lake: Lake, run: RefreshRun) -> frozenset[str]:
    """Return the articles that are pending and not asked about; none for a run of a release that settled them."""
    return lake.read_record(run.keys.left_out, frozenset) or frozenset()


def write_plan(lake: Lake, run: RefreshRun, plan: Plan) -> None:
    """Write the summary; the batches are written before it."""
    lake.write_json(run.keys.plan, asdict(plan))


def read_plan(lake: Lake, run: RefreshRun) -> Plan:
    """Return the summary. Raises `StorageError` where `plan_batches` has not finished for this run."""
    plan = lake.read_record(run.keys.plan, _plan_from_json)
    if plan is None:
        raise StorageError(
            f"{lake.uri}/{run.keys.folder} holds no plan.json: plan_batches has not finished for this run. "
            "Clear that task and run again."
        )
    return plan


def _plan_from_json(stored: dict[str, Any]) -> Plan:
    models = {model: TokenEstimate(**one) for model, one in stored.get("models", {}).items()}
    return Plan(**stored | {"batches": tuple(stored["batches"]), "models": models})


def batch_label(first: tuple[str, int], last: tuple[str, int]) -> str:
    """Name a batch by its first and last chunk, each an article's id and a chunk's index, for the Airflow UI."""
    begin = f"{first[0]} {first[1]}"
    if first[0] != last[0]:
        return f"{begin} … {last[0]} {last[1]}"
    return begin if first == last else f"{begin}-{last[1]}"
