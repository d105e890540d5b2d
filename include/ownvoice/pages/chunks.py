"""The chunks of one refresh: which met what, a page at a time, and one of them with all that was answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ownvoice.dataset.chunk_rows import run_chunks
from ownvoice.dataset.refresh_report import RefreshReport, find_report
from ownvoice.errors import StorageError
from ownvoice.llm.answers import AnswerStore, completion_of
from ownvoice.pages.cache import CACHE
from ownvoice.pairs.staging import STAGED, Row
from ownvoice.storage.conditions import all_of, equals, equals_given, literal
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import RunKeys
from ownvoice.storage.versions import DatasetVersion, find_version
from ownvoice.triples.parse import reader

CHUNKS_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class ChunkFilter:
    """Which chunks are wanted; what is empty is not asked for. `error` is a fault met, `reason` a drop reason."""

    state: str = ""
    error: str = ""
    article_id: str = ""
    batch: str = ""
    reason: str = ""

    def as_sql(self) -> str:
        """Return the condition."""
        conditions = [equals_given(state=self.state, article_id=self.article_id, batch=self.batch)]
        if self.error:
            conditions.append(f"array_has(faults, {literal(self.error)})")
        if self.reason:
            conditions.append(f"array_has(map_keys(drop_reasons), {literal(self.reason)})")
        return all_of(*conditions)


def chunks_page(lake: Lake, run_id: str, wanted: ChunkFilter, number: int = 1) -> dict[str, Any] | None:
    """Return a page of the run's chunks in the order of the articles; None where the lake knows no such refresh.

    A run that has not reported yet has no `report`, and one without a version no chunks.
    """
    report = find_report(lake, run_id)
    if report is None:
        is_known = lake.read_json(RunKeys(run_id).run) is not None
        return {"run_id": run_id, "report": None} if is_known else None
    version = _version(lake, report)
    key = (lake.uri, "chunks", run_id, version)
    total = CACHE.get((*key, wanted), lambda: _count(lake, version, wanted))
    batches = CACHE.get((*key, "batches"), lambda: _batches(lake, version))
    first = (number - 1) * CHUNKS_PER_PAGE
    order = f"ORDER BY article_id, chunk_index LIMIT {CHUNKS_PER_PAGE} OFFSET {first}"
    return {
        "run_id": run_id,
        "report": report,
        "chunks": list(run_chunks(lake, version, "*", f"{wanted.as_sql()} {order}")) if version else [],
        "total": total,
        "number": number,
        "last_number": max(1, -(-total // CHUNKS_PER_PAGE)),
        "batches": batches,
    }


def chunk_page(lake: Lake, run_id: str, article_id: str, chunk_index: int) -> dict[str, Any] | None:
    """Return one chunk with its text, its tries, the raw answers and what became of each triple; or None."""
    report = find_report(lake, run_id)
    if report is None:
        return None
    where = equals(article_id=article_id, chunk_index=chunk_index)
    version = _version(lake, report)
    chunk = next(run_chunks(lake, version, "*", where), None) if version else None
    if chunk is None:
        return None
    text, lost = _text(lake, chunk)
    return {
        "run_id": run_id,
        "report": report,
        "chunk": chunk,
        "text": text,
        "lost": lost,
        "answers": list(_answers(lake, chunk)),
        "kept": _staged(lake, chunk, "pairs"),
        "dropped": _staged(lake, chunk, "drops"),
    }


def _version(lake: Lake, report: RefreshReport) -> DatasetVersion | None:
    return find_version(lake, report.version.number) if report.version else None


def _count(lake: Lake, version: DatasetVersion | None, wanted: ChunkFilter) -> int:
    (row,) = run_chunks(lake, version, "count(*) AS found", wanted.as_sql()) if version else ({"found": 0},)
    return int(row["found"])


def _batches(lake: Lake, version: DatasetVersion | None) -> list[str]:
    rows = run_chunks(lake, version, "DISTINCT batch", "true ORDER BY batch") if version else ()
    return [row["batch"] for row in rows]


def _text(lake: Lake, chunk: Row) -> tuple[str | None, str | None]:
    """Return the chunk as it stands in its original, or the sentence that says why it does not."""
    try:
        return lake.original(chunk["article_sha256"])[chunk["start"] : chunk["end"]], None
    except StorageError as error:
        return None, str(error)


def _answers(lake: Lake, chunk: Row) -> Iterator[dict[str, Any]]:
    """Yield the stored answers to the request that counts; an object that is no answer ends them."""
    if not chunk["request_key"]:
        return
    try:
        records = AnswerStore(lake.store).read_all(chunk["request_key"])
    except StorageError as error:
        yield {"broken": str(error)}
        return
    read = reader(chunk["prompt_version"])
    for record in records:
        completion = completion_of(record)
        yield {
            "broken": None,
            "received_at": record.get("received_at"),
            "latency_s": record.get("latency_s"),
            "fault": read(completion).fault,
            "prompt_tokens": completion.prompt_tokens,
            "completion_tokens": completion.completion_tokens,
            "content": completion.text or completion.refusal or str(record["response"]),
        }


def _staged(lake: Lake, chunk: Row, kind: str) -> list[Row]:
    """Return the chunk's rows among what its batch staged: `pairs` or `drops`."""
    rows = lake.read_rows(RunKeys(chunk["run_id"]).staged(STAGED, chunk["batch"], kind))
    place = (chunk["article_id"], chunk["chunk_index"])
    return [row for row in rows.to_pylist() if (row["article_id"], row["chunk_index"]) == place] if rows else []
