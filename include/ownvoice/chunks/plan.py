"""The second step of a refresh: cut what is pending into chunks, and the chunks into batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from ownvoice.articles.known import KnownArticle
from ownvoice.articles.record import pending_articles
from ownvoice.chunks.estimate import estimate
from ownvoice.chunks.planned import DEFERRED, Batch, Plan, PlannedChunk, label, write_batch, write_plan
from ownvoice.chunks.reading import cut_article
from ownvoice.lake import Lake
from ownvoice.recipe import GenerationRecipe
from ownvoice.run import RefreshRun, recorded_run


def plan_batches(lake: Lake, run_id: str) -> list[Batch]:
    """Write the run's plan and return its batches; a dry run has a plan and no batches.

    While there are few chunks a batch is one chunk; past `max_generation_tasks` batches grow. Articles are cut twice,
    to be counted and to be written, so that one batch is held at a time and not the night.
    """
    run = recorded_run(lake, run_id)
    articles = pending_articles(lake, run)
    most = 0 if run.dry_run else run.limit_articles
    worked, left = articles[:most], articles[len(articles[:most]) :]

    sizes = [(chunk["chunk_key"], len(chunk["text"])) for chunk in _planned(lake, articles, run.recipe)]
    left_over = [chunk | {"text": ""} for chunk in _planned(lake, left, run.recipe)]
    batch_chunks = max(1, -(-(len(sizes) - len(left_over)) // run.max_generation_tasks))
    batches = list(_write_batches(lake, run, _planned(lake, worked, run.recipe), batch_chunks))
    write_batch(lake, run, DEFERRED, left_over)
    models = estimate(run.recipe, sizes)
    plan = Plan(
        batches=tuple(batch.name for batch in batches),
        articles=len(articles),
        chunks=len(sizes),
        deferred=len(left_over),
        estimated_prompt_tokens=sum(one["estimated_prompt_tokens"] for one in models.values()),
        most_completion_tokens=sum(one["most_completion_tokens"] for one in models.values()),
        models=models,
    )
    write_plan(lake, run, plan)
    return batches


def _write_batches(lake: Lake, run: RefreshRun, chunks: Iterator[PlannedChunk], batch_chunks: int) -> Iterator[Batch]:
    number = 0
    while part := list(islice(chunks, batch_chunks)):
        batch = Batch(f"batch-{number:04d}", label(part), len(part))
        write_batch(lake, run, batch.name, part)
        yield batch
        number += 1


def _planned(lake: Lake, articles: Iterable[KnownArticle], recipe: GenerationRecipe) -> Iterator[PlannedChunk]:
    for article in articles:
        for chunk in cut_article(lake.original(article.article_sha256), recipe):
            yield {
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
