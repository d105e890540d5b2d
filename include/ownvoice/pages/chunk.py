"""`/chunk`: one chunk with its text, its tries, the answers as they came and what became of each triple."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from ownvoice.dataset.chunk_rows import run_chunks
from ownvoice.dataset.refresh_report import RefreshReport, find_report
from ownvoice.errors import StorageError
from ownvoice.llm.answers import AnswerStore, completion_of
from ownvoice.pairs.staging import STAGED, DropRow, StagedPair
from ownvoice.storage.conditions import equals
from ownvoice.storage.lake import Lake
from ownvoice.storage.rows import ChunkRow
from ownvoice.storage.run_keys import RunKeys
from ownvoice.storage.versions import find_version
from ownvoice.triples.parse import reader


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """A stored answer: when it came (UTC, ISO 8601), its tokens, what is wrong with it (or None), and its text."""

    received_at: str
    latency_s: float
    prompt_tokens: int
    completion_tokens: int
    fault: str | None
    text: str


class ChunkPage(TypedDict):
    """One chunk. Where its text or its answers cannot be read, `text_lost` or `answers_lost` says why.

    `kept` are rows of `STAGED_PAIRS`, `dropped` rows of `DROPS`.
    """

    run_id: str
    report: RefreshReport
    chunk: ChunkRow
    text: str
    text_lost: str
    answers: Sequence[ShownAnswer]
    answers_lost: str
    kept: Sequence[StagedPair]
    dropped: Sequence[DropRow]


def chunk_page(lake: Lake, run_id: str, article_id: str, chunk_index: int) -> ChunkPage | None:
    """Return one chunk of a refresh; None where the refresh has committed no such chunk."""
    report = find_report(lake, run_id)
    version = find_version(lake, report.version.number) if report and report.version else None
    if report is None or version is None:
        return None
    chunk = next(run_chunks(lake, version, equals(article_id=article_id, chunk_index=chunk_index)), None)
    if chunk is None:
        return None
    text, text_lost = _text(lake, chunk)
    answers, answers_lost = _answers(lake, chunk)
    return {
        "run_id": run_id,
        "report": report,
        "chunk": chunk,
        "text": text,
        "text_lost": text_lost,
        "answers": answers,
        "answers_lost": answers_lost,
        "kept": _staged(lake, chunk, "pairs"),
        "dropped": _staged(lake, chunk, "drops"),
    }


def _text(lake: Lake, chunk: ChunkRow) -> tuple[str, str]:
    """Return the chunk's text in its original, or why it cannot be read; the other one is empty."""
    try:
        return lake.original(chunk["article_sha256"])[chunk["start"] : chunk["end"]], ""
    except StorageError as error:
        return "", str(error)


def _answers(lake: Lake, chunk: ChunkRow) -> tuple[list[ShownAnswer], str]:
    """Return the stored answers to the chunk's request, and why they cannot be read, if so."""
    try:
        return list(_read_answers(lake, chunk)), ""
    except StorageError as error:
        return [], str(error)


def _read_answers(lake: Lake, chunk: ChunkRow) -> Iterator[ShownAnswer]:
    if not chunk["request_key"]:
        return
    read = reader(chunk["prompt_version"])
    for record in AnswerStore(lake.store).read_all(chunk["request_key"]):
        completion = completion_of(record)
        yield ShownAnswer(
            record["received_at"],
            record["latency_s"],
            completion.prompt_tokens,
            completion.completion_tokens,
            read(completion).fault,
            completion.text or completion.refusal or str(record["response"]),
        )


def _staged(lake: Lake, chunk: ChunkRow, kind: str) -> list[Any]:
    """Return the chunk's rows among those that its batch staged: `pairs` or `drops`."""
    rows = lake.read_rows(RunKeys(chunk["run_id"]).staged(STAGED, chunk["batch"], kind))
    place = (chunk["article_id"], chunk["chunk_index"])
    return [row for row in rows.to_pylist() if (row["article_id"], row["chunk_index"]) == place] if rows else []
