"""`ownvoice retry`: a refresh run that asks again about dead chunks only."""

from __future__ import annotations

from typing import Annotated, Literal

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
from ownvoice.config.run import recorded_run
from ownvoice.config.settings import Settings, load_settings
from ownvoice.storage.lake import Lake
from ownvoice.storage.versions import latest_version, refreshed_version


def command(
    only: Annotated[Literal["dead"], typer.Option(help="The state of the chunks to ask about.")],
    article: Annotated[str, typer.Option(help="Only chunks of this article id.")] = "",
    error: Annotated[str, typer.Option(help="Only chunks that met an error of this class, such as bad_json.")] = "",
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
    """Retry and print the report of the run."""
    settings = load_settings(articles=articles, lake=lake, mode=mode, max_tokens=max_tokens, max_cost_usd=max_cost_usd)
    run = local_run(
        settings,
        chosen_recipe(settings, recipe, offline),
        settings.articles or _recorded_source(settings),
        run_id,
        dry_run=dry_run,
        retry=only,
        retry_article=article,
        retry_error=error,
    )
    refresh_and_print(settings, run, offline=offline, as_json=as_json)


def _recorded_source(settings: Settings) -> str:
    """Return the source of the newest version's run: a retry reads no articles, it only records where they are from."""
    lake = Lake(settings.lake)
    newest = refreshed_version(lake, latest_version(lake))
    return recorded_run(lake, newest.run_id).articles_uri if newest else named_source(settings)
