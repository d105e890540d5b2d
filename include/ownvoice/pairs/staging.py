"""The files of a batch for the commit: its pairs, its drops and a record of each chunk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NotRequired, TypedDict

import pyarrow as pa

from ownvoice.chunks.plan import PlannedChunk
from ownvoice.config.run import RefreshRun
from ownvoice.llm.outcomes import OutcomeRow
from ownvoice.states import STATE_AFTER, ChunkEvent
from ownvoice.storage.lake import Lake
from ownvoice.storage.rows import ChunkRow, PairRow, SpendRow, chunk_rows
from ownvoice.storage.run_keys import STAGES
from ownvoice.storage.tables import CHUNKS, PAIRS

DROPS = pa.schema(
    [
        ("article_id", pa.string()),
        ("chunk_index", pa.int64()),
        ("triple_index", pa.int64()),
        ("reason", pa.string()),
        ("detail", pa.string()),  # which row of an evaluation set, which passage; else empty
        ("prompt", pa.string()),
        ("quote", pa.string()),
        ("rejected", pa.string()),
    ]
)

# The place in the article and in the answer orders the pairs of an article; the table keeps neither it nor the draws.
_DRAWS = pa.list_(
    pa.struct(
        [
            ("number", pa.int64()),
            ("text", pa.string()),
            ("model", pa.string()),
            ("request_key", pa.string()),
            ("is_cut", pa.bool_()),
        ]
    )
)
STAGED_PAIRS = pa.schema(
    [*PAIRS, ("chunk_index", pa.int64()), ("triple_index", pa.int64()), ("draws", _DRAWS)],
)


class StagedDraw(TypedDict):
    """An answer of the second model that passed every filter."""

    number: int
    text: str
    model: str
    request_key: str
    is_cut: bool


class StagedPair(PairRow):
    """One row of `STAGED_PAIRS`; `rejected` is empty until the second model, where there is one, has written it.

    `draws` are its answers that judges may choose from, the one in `rejected` first; None where they rank none.
    """

    chunk_index: int
    triple_index: int
    draws: NotRequired[list[StagedDraw] | None]


class Untouched(TypedDict):
    """The columns of a pair that later steps fill: further prompts, a second model, reviewers, the balance."""

    prompt_request_key: str | None
    augment_kind: str | None
    augmented_from: str | None
    rejected_draw: int | None
    rejected_draws: int | None
    rejected_cut: bool | None
    draws: list[StagedDraw] | None
    rejected_source: str | None
    review_id: str | None
    selected: bool | None
    selected_reason: str | None


UNTOUCHED: Untouched = {
    "prompt_request_key": None,
    "augment_kind": None,
    "augmented_from": None,
    "rejected_draw": None,
    "rejected_draws": None,
    "rejected_cut": None,
    "draws": None,
    "rejected_source": None,
    "review_id": None,
    "selected": None,
    "selected_reason": None,
}
"""The columns of a pair as curation leaves them."""


class DropRow(TypedDict):
    """One row of `DROPS`: a triple that became no pair; `rejected` is None where no model wrote an answer."""

    article_id: str
    chunk_index: int
    triple_index: int
    reason: str
    detail: str
    prompt: str
    quote: str
    rejected: str | None


@dataclass(slots=True)
class Staged:
    """Rows of `STAGED_PAIRS`, `DROPS` and `tables/chunks`."""

    pairs: list[StagedPair]
    drops: list[DropRow]
    chunks: list[ChunkRow]


PROVED, CURATED, UNJUDGED, STAGED = STAGES
"""The stages of a batch: without further prompts, without the answers of a second model, without its judges, whole."""

_SCHEMAS = {"pairs": STAGED_PAIRS, "drops": DROPS, "chunks": CHUNKS}


def stage_of_whole_pairs(run: RefreshRun) -> str:
    """Return the stage of a batch whose pairs have both answers: whether judges are still to see them."""
    return UNJUDGED if run.is_judged else STAGED


def write_staged(lake: Lake, run: RefreshRun, batch: str, staged: Staged, folder: str = STAGED) -> None:
    """Put what `batch` came to where the commit finds it, or the step before it."""
    for kind, schema in _SCHEMAS.items():
        rows = pa.Table.from_pylist(getattr(staged, kind), schema=schema)
        lake.write_rows(_key(run, folder, batch, kind), rows)


def read_staged(lake: Lake, run: RefreshRun, batch: str, folder: str = STAGED) -> Staged | None:
    """Return what `batch` came to, or None where its curation never finished."""
    pairs, drops, chunks = (lake.read_rows(_key(run, folder, batch, kind), schema) for kind, schema in _SCHEMAS.items())
    if pairs is None or drops is None or chunks is None:
        return None
    return Staged(pairs.to_pylist(), drops.to_pylist(), list(chunk_rows(chunks)))


def chunk_record(chunk: PlannedChunk, run: RefreshRun, batch: str, outcome: OutcomeRow) -> ChunkRow:
    """Return the row of `tables/chunks` for a planned chunk and what became of it."""
    return {
        **outcome,
        "article_id": chunk["article_id"],
        "article_sha256": chunk["article_sha256"],
        "chunk_index": chunk["chunk_index"],
        "chunk_key": chunk["chunk_key"],
        "start": chunk["start"],
        "end": chunk["end"],
        "retries": retries_of(outcome),
        "spend": [spend_of(outcome["model"], outcome)],
        "prompt_version": run.recipe.prompt_version,
        "run_id": run.run_id,
        "refresh_date": run.refresh_date,
        "recipe_id": run.recipe.recipe_id,
        "batch": batch,
        "state": STATE_AFTER[ChunkEvent(outcome["event"])],
        "triples": 0,
        "kept": 0,
        "drop_reasons": {},
    }


def retries_of(outcome: OutcomeRow) -> int:
    """Return how many of the requests behind an outcome came after the first."""
    return max(0, int(outcome["requests"]) - 1)


def spend_of(model: str, outcome: OutcomeRow) -> SpendRow:
    """Return what was paid to one model for an outcome."""
    return {
        "model": model,
        "prompt_tokens": outcome["prompt_tokens"],
        "completion_tokens": outcome["completion_tokens"],
        "reserved_tokens": outcome["reserved_tokens"],
        "wasted_tokens": outcome["wasted_tokens"],
        "cost_usd": outcome["cost_usd"],
    }


def _key(run: RefreshRun, folder: str, batch: str, kind: str) -> str:
    return run.keys.staged(folder, batch, kind)
