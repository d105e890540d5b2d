"""`ownvoice refresh` and `ownvoice retry`: a whole night on one machine."""

from __future__ import annotations

import datetime as dt
import sys
from typing import Annotated, Any, Literal

import typer

from ownvoice.cli.model import endpoints_of, named_articles, recipe_of
from ownvoice.cli.options import (
    ArticlesOption,
    JsonOption,
    LakeOption,
    MaxCostOption,
    MaxTokensOption,
    ModeOption,
    OfflineOption,
    RecipeOption,
    print_result,
)
from ownvoice.config.recipe import GenerationRecipe
from ownvoice.config.run import recorded_run
from ownvoice.config.settings import Settings, load_settings, new_run
from ownvoice.refresh import refresh
from ownvoice.reports.progress import Progress
from ownvoice.reports.text import report_lines
from ownvoice.storage.lake import Lake
from ownvoice.storage.stores import ObjectStore
from ownvoice.storage.versions import latest_version

DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Plan and estimate; ask and commit nothing.")]
RunOption = Annotated[str | None, typer.Option("--run", help="Repeat this run instead of starting a new one.")]


def refresh_command(
    articles: ArticlesOption = None,
    lake: LakeOption = None,
    offline: OfflineOption = False,
    recipe: RecipeOption = None,
    prefix: Annotated[str, typer.Option(help="Only objects below this folder of the source.")] = "",
    limit_articles: Annotated[int | None, typer.Option(help="Ask about at most so many articles.")] = None,
    mode: ModeOption = None,
    reconcile: Annotated[bool, typer.Option(help="List the whole source, however old its day folders.")] = False,
    max_tokens: MaxTokensOption = None,
    max_cost_usd: MaxCostOption = None,
    dry_run: DryRunOption = False,
    run_id: RunOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read new articles, ask for triples, prove and filter them, commit a version."""
    settings = load_settings(articles=articles, lake=lake, mode=mode, max_tokens=max_tokens, max_cost_usd=max_cost_usd)
    whole = {"prefix": prefix.strip("/"), "limit_articles": limit_articles, "reconcile": reconcile}
    _run(settings, recipe_of(settings, recipe, offline), run_id, offline, as_json, dry_run=dry_run, **whole)


def retry_command(
    only: Annotated[Literal["dead"], typer.Option(help="Which chunks.")],
    article: Annotated[str, typer.Option(help="Only chunks of this article id.")] = "",
    error: Annotated[str, typer.Option(help="Only chunks that met an error of this class, as bad_json.")] = "",
    articles: ArticlesOption = None,
    lake: LakeOption = None,
    offline: OfflineOption = False,
    recipe: RecipeOption = None,
    mode: ModeOption = None,
    max_tokens: MaxTokensOption = None,
    max_cost_usd: MaxCostOption = None,
    dry_run: DryRunOption = False,
    run_id: RunOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask again about dead chunks, with as many tries again; every other chunk keeps its answer."""
    settings = load_settings(articles=articles, lake=lake, mode=mode, max_tokens=max_tokens, max_cost_usd=max_cost_usd)
    dead = {"retry": only, "retry_article": article, "retry_error": error}
    _run(settings, recipe_of(settings, recipe, offline), run_id, offline, as_json, dry_run=dry_run, **dead)


def _run(
    settings: Settings, recipe: GenerationRecipe, run_id: str | None, offline: bool, as_json: bool, **fields: Any
) -> None:
    """Run a refresh on one machine and print its report."""
    now, lake = dt.datetime.now(dt.UTC), Lake(settings.lake)
    started = {"run_id": run_id or f"manual__{now:%Y-%m-%dT%H%M%S.%fZ}", "refresh_date": now.date()}
    run = new_run(
        settings,
        recipe,
        articles_uri=_articles(settings, lake, fields),
        # One process and one event loop: cutting the night into batches would only keep chunks from running together.
        max_generation_tasks=1,
        max_active_generation_tasks=1,
        **started,
        **fields,
    )
    progress = Progress(sys.stderr)
    with endpoints_of(settings, offline) as endpoints:
        for name in () if run.dry_run else run.recipe.endpoints:
            endpoints(name)  # better said now than when the first chunk is to be asked about
        source = ObjectStore(run.articles_uri)
        report = refresh(lake, source, run, endpoints, progress.step, progress.chunks)
    print_result(report_lines(report), report, as_json)


def _articles(settings: Settings, lake: Lake, fields: dict[str, Any]) -> str:
    """Return where the articles stand; of a retry, which reads none, where the newest version's run found them."""
    last = latest_version(lake) if "retry" in fields and settings.articles is None else None
    return recorded_run(lake, last.run_id).articles_uri if last else named_articles(settings)
