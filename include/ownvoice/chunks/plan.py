"""The second step of a refresh: cut what is pending into chunks, and the chunks into batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from ownvoice.articles.known import KnownArticle
from ownvoice.articles.listing import pending_articles
from ownvoice.chunks import cut_article
from ownvoice.errors import StorageError
from ownvoice.lake import Lake
from ownvoice.recipe import GenerationRecipe
from ownvoice.run import RefreshRun, recorded_run

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
    ]
)

# English prose in the tokenizers of current models; only the estimate of a dry run rests on it.
_CHARS_PER_TOKEN = 4


@dataclass(frozen=True, slots=True)
class Batch:
    """What one mapped task works on: `name` is its file below `runs/<run>/plan/`, `label` what people read."""

    name: str
    label: str
    chunks: int


def plan_batches(lake: Lake, run_id: str) -> list[Batch]:
    """Write the run's plan and return its batches; a dry run has a plan and no batches.

    The chunks of articles past `limit_articles` are written down as deferred. While there are few chunks a batch is one chunk; past
    `max_generation_tasks` batches grow.
    """
    run = recorded_run(lake, run_id)
    articles = pending_articles(lake, run)
    within_limit = 0 if run.dry_run else run.limit_articles
    planned = _planned_rows(lake, articles[:within_limit], run.recipe)
    deferred = [] if within_limit is None else _planned_rows(lake, articles[within_limit:], run.recipe)

    lake.write_rows(_deferred_key(run), pa.Table.from_pylist(deferred, schema=PLANNED_CHUNKS))
    batches = []
    for number, part in enumerate(_parts(planned, run.max_generation_tasks)):
        batch = Batch(f"batch-{number:04d}", _label(part), len(part))
        lake.write_rows(_batch_key(run, batch.name), pa.Table.from_pylist(part, schema=PLANNED_CHUNKS))
        batches.append(batch)
    lake.write_json(f"{run.folder}/plan.json", _summary(planned, deferred, batches, run))
    return batches


def read_plan(lake: Lake, run: RefreshRun) -> dict[str, Any]:
    """Return the plan's summary. Raises `StorageError` where `plan_batches` has not finished for this run."""
    plan = lake.read_json(f"{run.folder}/plan.json")
    if plan is None:
        raise StorageError(
            f"{lake.uri}/{run.folder} holds no plan.json: plan_batches has not finished for this run. "
            "Clear that task and run again."
        )
    return dict(plan)


def read_batch(lake: Lake, run: RefreshRun, name: str) -> list[dict[str, Any]]:
    """Return the planned chunks of a batch, with the columns of `PLANNED_CHUNKS`."""
    return _read_chunks(lake, _batch_key(run, name))


def read_deferred(lake: Lake, run: RefreshRun) -> list[dict[str, Any]]:
    """Return the chunks that this run leaves for a later one, with the columns of `PLANNED_CHUNKS`."""
    return _read_chunks(lake, _deferred_key(run))


def _read_chunks(lake: Lake, key: str) -> list[dict[str, Any]]:
    rows = lake.read_rows(key)
    if rows is None:
        raise StorageError(f"{lake.uri}/{key} is not there. Clear plan_batches of this run and run again.")
    return list(rows.to_pylist())


def _batch_key(run: RefreshRun, name: str) -> str:
    return f"{run.folder}/plan/{name}.parquet"


def _deferred_key(run: RefreshRun) -> str:
    return f"{run.folder}/plan/deferred.parquet"


def _planned_rows(lake: Lake, articles: Iterable[KnownArticle], recipe: GenerationRecipe) -> list[dict[str, Any]]:
    return [
        {
            "article_id": article.article_id,
            "article_sha256": article.article_sha256,
            "author_id": article.author_id,
            "source_key": article.source_key,
            "split": article.split,
            "chunk_index": chunk.index,
            "chunk_key": chunk.key,
            "clean_start": chunk.clean_start,
            "clean_end": chunk.clean_end,
            "start": chunk.start,
            "end": chunk.end,
            "text": chunk.text,
        }
        for article in articles
        for chunk in cut_article(lake.original(article.article_sha256), recipe)
    ]


def _parts(rows: Sequence[dict[str, Any]], most: int) -> Iterator[Sequence[dict[str, Any]]]:
    size = max(1, -(-len(rows) // most))
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _label(part: Sequence[dict[str, Any]]) -> str:
    """Name a batch by its articles and chunk range, as the mapped task is called in the Airflow UI."""
    first, last = part[0], part[-1]
    begin = f"{first['article_id']} {first['chunk_index']}"
    if first["article_id"] == last["article_id"]:
        return begin if first is last else f"{begin}-{last['chunk_index']}"
    return f"{begin} … {last['article_id']} {last['chunk_index']}"


def _summary(
    planned: Sequence[dict[str, Any]], deferred: Sequence[dict[str, Any]], batches: Sequence[Batch], run: RefreshRun
) -> dict[str, Any]:
    rows = [*planned, *deferred]
    chars = sum(len(row["text"]) for row in rows)
    return {
        "recipe_id": run.recipe.recipe_id,
        "articles": len({row["article_id"] for row in rows}),
        "chunks": len(rows),
        "deferred": len(deferred),
        "batches": [batch.name for batch in batches],
        "estimated_prompt_tokens": chars // _CHARS_PER_TOKEN,
        "most_completion_tokens": len(rows) * run.recipe.max_output_tokens,
    }
