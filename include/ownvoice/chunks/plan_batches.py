"""The second step of a refresh: cut what is pending into chunks, and the chunks into batches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice

from ownvoice.articles.changeset import base_version, pending_articles, read_retried
from ownvoice.articles.table import ArticleRow
from ownvoice.chunks.boilerplate import decide_removed_passages, find_boilerplate
from ownvoice.chunks.cut_article import cut_article
from ownvoice.chunks.estimate import estimate_tokens
from ownvoice.chunks.language import by_language
from ownvoice.chunks.plan import (
    DEFERRED,
    NO_PROSE,
    OTHER_LANGUAGE,
    Batch,
    Plan,
    PlannedChunk,
    batch_label,
    write_batch,
    write_left_out,
    write_plan,
)
from ownvoice.chunks.prose import has_prose
from ownvoice.chunks.too_long import too_long_chunks
from ownvoice.config.run import RefreshRun, recorded_run
from ownvoice.storage.lake import Lake

_Removed = Mapping[str, Collection[int]]
"""The keys of the passages that are removed from a text, by the hash of the text."""


def plan_batches(lake: Lake, run_id: str) -> list[Batch]:
    """Write the run's plan and return its batches; a dry run has a plan and no batches.

    A batch is one chunk until there are more than `max_generation_tasks`; then batches grow. Articles are cut twice, to
    be counted and to be written, so that only one batch is in memory at a time. An article in none of the recipe's
    languages is left out, and stays pending; one without a sentence is left out, and settled.
    """
    run = recorded_run(lake, run_id)
    pending, recipe = pending_articles(lake, run), run.recipe
    candidates, waiting = by_language(lake, run, pending)
    articles = [article for article in candidates if has_prose(lake.original(article.article_sha256))]
    within_limit = articles[: run.limit_articles]
    planned = [] if run.dry_run else within_limit
    left = articles[len(planned) :]
    removed = find_boilerplate(lake, run, base_version(lake, run), articles)
    for text in {article.article_sha256 for article in planned}:
        removed[text] = decide_removed_passages(lake, recipe.cleaning, text, removed[text])

    sizes = [
        (chunk["article_id"], chunk["chunk_key"], len(chunk["text"])) for chunk in _chunks(lake, run, articles, removed)
    ]
    deferred: list[PlannedChunk] = [{**chunk, "text": ""} for chunk in _chunks(lake, run, left, removed)]
    batch_chunks = max(1, -(-(len(sizes) - len(deferred)) // run.max_generation_tasks))
    batches = list(_write_batches(lake, run, _chunks(lake, run, planned, removed), batch_chunks))
    write_batch(lake, run, DEFERRED, deferred)
    asked = {article.article_id for article in within_limit}
    models = estimate_tokens(run, [(key, length) for article_id, key, length in sizes if article_id in asked])
    plan = Plan(
        batches=tuple(batch.name for batch in batches),
        articles=len(articles),
        chunks=len(sizes),
        deferred=len(deferred),
        estimated_prompt_tokens=sum(one.estimated_prompt_tokens for one in models.values()),
        most_completion_tokens=sum(one.most_completion_tokens for one in models.values()),
        models=models,
        left_out=dict(+Counter({OTHER_LANGUAGE: len(waiting), NO_PROSE: len(candidates) - len(articles)})),
    )
    write_left_out(lake, run, (article.article_id for article in waiting))
    write_plan(lake, run, plan)
    return batches


def _write_batches(lake: Lake, run: RefreshRun, chunks: Iterator[PlannedChunk], batch_chunks: int) -> Iterator[Batch]:
    number = 0
    while part := list(islice(chunks, batch_chunks)):
        first, last = ((chunk["article_id"], chunk["chunk_index"]) for chunk in (part[0], part[-1]))
        batch = Batch(f"batch-{number:04d}", batch_label(first, last), len(part))
        write_batch(lake, run, batch.name, part)
        yield batch
        number += 1


def _chunks(lake: Lake, run: RefreshRun, articles: Iterable[ArticleRow], removed: _Removed) -> Iterator[PlannedChunk]:
    """Yield the chunks of articles, without the passages that are removed from their texts."""
    retried, too_long = read_retried(lake, run), too_long_chunks(lake, run.recipe.recipe_id)
    for article in articles:
        original = lake.original(article.article_sha256)
        for chunk in cut_article(original, run.recipe, removed[article.article_sha256], too_long):
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
