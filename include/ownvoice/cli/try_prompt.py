"""`ownvoice try-prompt`: a few chunks through a prompt, to look at."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from ownvoice.cli.model import endpoints_of, named_articles, recipe_of
from ownvoice.cli.options import ArticlesOption, JsonOption, LakeOption, OfflineOption, RecipeOption, print_result
from ownvoice.config.settings import load_settings
from ownvoice.pairs.try_prompt import try_prompt
from ownvoice.reports.text import tried_lines
from ownvoice.storage.lake import Lake
from ownvoice.storage.stores import ObjectStore


def try_prompt_command(
    articles: ArticlesOption = None,
    lake: LakeOption = None,
    offline: OfflineOption = False,
    recipe: RecipeOption = None,
    chunks: Annotated[int, typer.Option(min=1, max=20, help="How many chunks to ask about.")] = 2,
    as_json: JsonOption = False,
) -> None:
    """Put a few chunks through a prompt and look at what becomes of each triple; nothing is committed."""
    settings = load_settings(articles=articles, lake=lake)
    with endpoints_of(settings, offline) as endpoints:
        source = ObjectStore(named_articles(settings))
        tried = try_prompt(
            Lake(settings.lake), source, settings.source, recipe_of(settings, recipe, offline), endpoints, chunks
        )
    print_result((line for one in tried for line in tried_lines(one)), [asdict(one) for one in tried], as_json)
