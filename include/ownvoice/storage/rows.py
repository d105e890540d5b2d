"""One type for the rows of each Delta table, so that a misspelt column is a type error.

The Arrow schemas in `storage/tables.py` describe the columns; a test compares the two. A column that may be null is
`| None`. Rows of `tables/articles` are the dataclass `articles.table.ArticleRow`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, TypedDict

import pyarrow as pa


class Span(TypedDict):
    """A range of code points in the article's own content; `end` is exclusive."""

    start: int
    end: int


class TryRow(TypedDict):
    """One request for a chunk: when it ended (UTC, ISO 8601) and its result."""

    at: str
    result: str


class SpendRow(TypedDict):
    """Tokens and US dollars paid to one model for a chunk; `cost_usd` is None where the price is not known."""

    model: str
    prompt_tokens: int
    completion_tokens: int
    reserved_tokens: int
    wasted_tokens: int
    cost_usd: float | None


class PairRow(TypedDict):
    """One row of `tables/pairs`, the preference dataset."""

    pair_id: str
    prompt: str
    chosen: str
    rejected: str
    split: str
    author_id: str
    article_id: str
    article_sha256: str
    source_key: str
    spans: list[Span]
    exact: bool
    cleaning_version: str
    chunk_key: str
    request_key: str
    recipe_id: str
    prompt_model: str
    prompt_request_key: str | None
    augment_kind: str | None
    augmented_from: str | None
    chosen_model: str
    rejected_model: str
    rejected_request_key: str
    rejected_draw: int | None
    rejected_draws: int | None
    rejected_cut: bool | None
    rejected_source: str | None
    review_id: str | None
    prompt_version: str
    instruction_kind: str | None
    back_reference: bool | None
    selected: bool | None
    selected_reason: str | None
    provenance_class: str
    refresh_date: dt.date
    created_by_run: str


def is_selected(row: Mapping[str, Any]) -> bool:
    """Whether a row of `tables/pairs` is trained on and exported: one that was never balanced is."""
    return row["selected"] is not False


class ChunkRow(TypedDict):
    """One row of `tables/chunks`: what one refresh run asked about one chunk, and what came of it."""

    run_id: str
    refresh_date: dt.date
    recipe_id: str
    article_id: str
    article_sha256: str
    chunk_index: int
    chunk_key: str
    request_key: str | None
    start: int
    end: int
    model: str
    prompt_version: str
    batch: str
    state: str
    event: str
    task_id: str | None
    map_index: int | None
    try_number: int | None
    attempts: int
    requests: int
    retries: int
    faults: list[str]
    tries: list[TryRow]
    endpoint_words: str
    prompt_tokens: int
    completion_tokens: int
    reserved_tokens: int
    wasted_tokens: int
    cost_usd: float | None
    spend: list[SpendRow]
    latency_s: float
    triples: int
    kept: int
    drop_reasons: dict[str, int]


class RunRow(TypedDict):
    """One row of `tables/runs`: the summary of a refresh run or a training run."""

    run_id: str
    kind: str
    refresh_date: dt.date
    verdict: str
    version: int | None
    digest: str | None
    recipe_id: str
    retries: int | None
    cost_usd: float | None
    duration_s: float | None
    counts: dict[str, int]
    report_key: str


class JudgementRow(TypedDict):
    """One row of `tables/judgements`: what one judge said of one item, in one order."""

    judgement_id: str
    run_id: str
    item_id: str
    pair_id: str
    prompt_id: str
    article_id: str
    dataset_version: int | None
    left_source: str
    right_source: str | None
    order: str
    judge: str
    judge_id: str
    family: str
    prompt: str
    prompt_version: int
    question: str
    repeat: int
    request_key: str | None
    answered_by: str
    reason: str
    verdict: str | None
    winner: str | None
    rating: int | None
    is_control: bool
    prompt_tokens: int
    completion_tokens: int
    cost_usd: float | None
    at: str


class Message(TypedDict):
    """One turn of a conversation; `role` is `system`, `user` or `assistant`."""

    role: str
    content: str


class ImportedRow(TypedDict):
    """One row of `tables/imported`: a preference that is no pair of an article of this lake."""

    row_id: str
    set: str
    revision: str
    licence: str
    import_id: str
    source_file: str
    source_row: int
    source_sha256: str
    provenance_class: str
    prompt_messages: list[Message]
    chosen: str | None
    rejected: str | None
    author_id: str | None
    person: str | None
    score_margin: float | None
    imported_by_run: str
    imported_at: dt.datetime


def chunk_rows(rows: pa.Table | pa.RecordBatch) -> Iterator[ChunkRow]:
    """Yield Arrow rows with the columns of `tables/chunks` as `ChunkRow`; Arrow gives a map as a list of tuples."""
    for row in rows.to_pylist():
        yield row | {"drop_reasons": dict(row["drop_reasons"])}
