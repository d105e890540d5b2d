"""The first step of a retry: it lists the articles with dead chunks, and not the source."""

from __future__ import annotations

from dataclasses import replace

from ownvoice.articles.changes import Change
from ownvoice.articles.changeset import Listing, record_listing, record_retried
from ownvoice.articles.latest_chunks import latest_chunks
from ownvoice.articles.objects import is_below
from ownvoice.articles.table import column_in, read_articles
from ownvoice.config.run import RefreshRun
from ownvoice.errors import SettingsError
from ownvoice.states import ArticleEvent, ChunkState, next_article_state
from ownvoice.storage.lake import Lake
from ownvoice.storage.rows import ChunkRow
from ownvoice.storage.versions import DatasetVersion


def list_articles_to_retry(lake: Lake, run: RefreshRun, base: DatasetVersion | None, started_at: str) -> dict[str, int]:
    """Write down the articles whose dead chunks are asked about again; return the number of articles by event.

    Chunks that another recipe asked about are left out: this run would ask about the whole of their articles. `prefix`
    and `limit_articles` narrow a retry too. Raises `SettingsError` where all the dead chunks are of other recipes.
    """
    dead = _dead_chunks(lake, run, base) if base else []
    ours = [row for row in dead if row["recipe_id"] == run.recipe.recipe_id]
    if dead and not ours:
        raise SettingsError(_all_of_other_recipes(run, dead))
    found = read_articles(lake, base, column_in("article_id", {row["article_id"] for row in ours})).values()
    within = [article for article in found if is_below(article.source_object, [run.prefix])][: run.limit_articles]
    changes = [
        Change(
            replace(article, state=next_article_state(article.state, ArticleEvent.RETRIED)),
            ArticleEvent.RETRIED,
            article.last_run,
        )
        for article in within
    ]
    retried = {article.article_id for article in within}
    record_retried(lake, run, {(row["article_id"], row["chunk_key"]) for row in ours if row["article_id"] in retried})
    listing = Listing(
        started_at=started_at,
        base_version=base.number if base else None,
        reconcile=False,
        objects=0,
        counts={str(ArticleEvent.RETRIED): len(changes), "quarantined": 0},
        quarantined=[],
    )
    record_listing(lake, run, listing, changes)
    return listing.counts


def _dead_chunks(lake: Lake, run: RefreshRun, base: DatasetVersion) -> list[ChunkRow]:
    """Return the dead chunks of the article and with the fault that the run names, if it names any."""
    dead = latest_chunks(lake, base, ChunkState.DEAD, run.retry_article)
    return [row for row in dead if run.retry_error in ("", *row["faults"])]


def _all_of_other_recipes(run: RefreshRun, dead: list[ChunkRow]) -> str:
    one = dead[0]
    return (
        f"none of the {len(dead)} dead chunks was asked about by recipe {run.recipe.recipe_id}, which is this run's "
        f"(the first one: by recipe {one['recipe_id']}, in run {one['run_id']!r}). Give the fields of that recipe, as "
        f"`ownvoice report {one['run_id']} --json` shows them; another recipe asks about an article once it is edited."
    )
