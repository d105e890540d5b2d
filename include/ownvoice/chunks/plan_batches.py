"""The second step of a refresh: cut what is pending into chunks, and the chunks into batches."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice

from ownvoice.articles.changeset import base_version, pending_articles, read_retried
from ownvoice.articles.table import ArticleRow
from ownvoice.chunks.boilerplate import decide_reading, find_boilerplate
from ownvoice.chunks.cut_article import cut_article
from ownvoice.chunks.estimate import estimate
from ownvoice.chunks.language import language_of
from ownvoice.chunks.plan import DEFERRED, OTHER_LANGUAGE, Batch, Plan, PlannedChunk, label, write_batch, write_plan
from ownvoice.chunks.too_long import too_long_chunks
from ownvoice.config.run import RefreshRun, recorded_run
from ownvoice.storage.lake import Lake


def plan_batches(lake: Lake, run_id: str) -> list[Batch]:
    """Write the run's plan and return its batches; a dry run has a plan and no batches.

    While there are few chunks a batch is one chunk; past `max_generation_tasks` batches grow. Articles are cut twice,
    to be counted and to be written, so that one batch is held at a time and not the night. An article in none of the
    recipe's languages has no chunks, and is settled at once.
    """
    run = recorded_run(lake, run_id)
    pending, recipe = pending_articles(lake, run), run.recipe
    articles = [a for a in pending if not recipe.languages or recipe.takes(language_of(lake, a))]
    most = 0 if run.dry_run else run.limit_articles
    worked, left = articles[:most], articles[len(articles[:most]) :]
    without = find_boilerplate(lake, run, base_version(lake, run), articles)
    for text in {article.article_sha256 for article in worked}:
        without[text] = decide_reading(lake, recipe.cleaning, text, without[text])

    sizes = [(chunk["chunk_key"], len(chunk["text"])) for chunk in _planned(lake, run, articles, without)]
    left_over = [chunk | {"text": ""} for chunk in _planned(lake, run, left, without)]
    batch_chunks = max(1, -(-(len(sizes) - len(left_over)) // run.max_generation_tasks))
    batches = list(_write_batches(lake, run, _planned(lake, run, worked, without), batch_chunks))
    write_batch(lake, run, DEFERRED, left_over)
    models = estimate(recipe, sizes)
    plan = Plan(
        batches=tuple(batch.name for batch in batches),
        articles=len(articles),
        chunks=len(sizes),
        deferred=len(left_over),
        estimated_prompt_tokens=sum(one["estimated_prompt_tokens"] for one in models.values()),
        most_completion_tokens=sum(one["most_completion_tokens"] for one in models.values()),
        models=models,
        left_out={OTHER_LANGUAGE: len(pending) - len(articles)} if len(pending) > len(articles) else {},
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


def _planned(
    lake: Lake, run: RefreshRun, articles: Iterable[ArticleRow], without: Mapping[str, Collection[int]]
) -> Iterator[PlannedChunk]:
    retried, too_long = read_retried(lake, run), too_long_chunks(lake, run.recipe.recipe_id)
    for article in articles:
        original = lake.original(article.article_sha256)
        for chunk in cut_article(original, run.recipe, without[article.article_sha256], too_long):
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
                "is_retry": (article.article_id, chunk.key) in retried,
            }
