"""`ownvoice refresh`: a refresh run on this machine."""

from __future__ import annotations

from typing import Annotated

import typer

from ownvoice.cli.endpoints import chosen_recipe
from ownvoice.cli.local_refresh import local_run, refresh_and_print
from ownvoice.cli.options import (
    ArticlesOption,
    DryRunOption,
    JsonOption,
    LakeOption,
    MaxCostOption,
    MaxTokensOption,
    ModeOption,
    OfflineOption,
    RecipeOption,
    RunOption,
)
from ownvoice.cli.source import named_source
from ownvoice.config.settings import load_settings


def command(
    articles: ArticlesOption = None,
    lake: LakeOption = None,
    offline: OfflineOption = False,
    recipe: RecipeOption = None,
    prefix: Annotated[str, typer.Option(help="Only objects below this folder of the source.")] = "",
    limit_articles: Annotated[int | None, typer.Option(help="Ask about at most so many articles.")] = None,
    mode: ModeOption = None,
    reconcile: Annotated[bool, typer.Option(help="List the whole source, however old its day folders are.")] = False,
    max_tokens: MaxTokensOption = None,
    max_cost_usd: MaxCostOption = None,
    dry_run: DryRunOption = False,
    run_id: RunOption = None,
    as_json: JsonOption = False,
) -> None:
    """Refresh from the named source and print the report."""
    settings = load_settings(articles=articles, lake=lake, mode=mode, max_tokens=max_tokens, max_cost_usd=max_cost_usd)
    run = local_run(
        settings,
        chosen_recipe(settings, recipe, offline),
        named_source(settings),
        run_id,
        dry_run=dry_run,
        prefix=prefix.strip("/"),
        limit_articles=limit_articles,
        reconcile=reconcile,
    )
    refresh_and_print(settings, run, offline=offline, as_json=as_json)
