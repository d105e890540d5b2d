"""What a batch hands to the commit: its pairs, its drops and a record of each chunk, as files of the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from ownvoice.lake import Lake
from ownvoice.life import ChunkEvent, ChunkState, next_chunk_state
from ownvoice.run import RefreshRun
from ownvoice.tables import CHUNKS, PAIRS
from ownvoice.triples.outcomes import OutcomeRow

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

# The place in the article and in the answer orders the pairs of an article; the table does not keep it.
STAGED_PAIRS = PAIRS.append(pa.field("chunk_index", pa.int64())).append(pa.field("triple_index", pa.int64()))

Row = dict[str, Any]


@dataclass(slots=True)
class Staged:
    """Rows of `STAGED_PAIRS`, `DROPS` and `tables/chunks`."""

    pairs: list[Row]
    drops: list[Row]
    chunks: list[Row]


_SCHEMAS = {"pairs": STAGED_PAIRS, "drops": DROPS, "chunks": CHUNKS}


def write_staged(lake: Lake, run: RefreshRun, batch: str, staged: Staged) -> None:
    """Put what `batch` came to where the commit finds it."""
    for kind, schema in _SCHEMAS.items():
        rows = pa.Table.from_pylist(getattr(staged, kind), schema=schema)
        lake.write_rows(_key(run, batch, kind), rows)


def read_staged(lake: Lake, run: RefreshRun, batch: str) -> Staged | None:
    """Return what `batch` came to, or None where its curation never finished."""
    pairs, drops, chunks = (lake.read_rows(_key(run, batch, kind)) for kind in _SCHEMAS)
    if pairs is None or drops is None or chunks is None:
        return None
    records = [row | {"drop_reasons": dict(row["drop_reasons"])} for row in chunks.to_pylist()]
    return Staged(pairs.to_pylist(), drops.to_pylist(), records)


def chunk_record(chunk: Mapping[str, Any], run: RefreshRun, batch: str, outcome: OutcomeRow) -> Row:
    """Return the row of `tables/chunks` for a planned chunk and what became of it."""
    place = {name: chunk[name] for name in ("article_id", "article_sha256", "chunk_index", "chunk_key", "start", "end")}
    return {
        **outcome,
        **place,
        "run_id": run.run_id,
        "refresh_date": run.refresh_date,
        "recipe_id": run.recipe.recipe_id,
        "batch": batch,
        "state": next_chunk_state(ChunkState.PLANNED, ChunkEvent(outcome["event"])),
        "triples": 0,
        "kept": 0,
        "drop_reasons": {},
    }


def _key(run: RefreshRun, batch: str, kind: str) -> str:
    return f"{run.folder}/staged/{batch}/{kind}.parquet"
