"""`ownvoice try-prompt`: a few chunks through a prompt, to look at."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from ownvoice.cli.endpoints import chosen_recipe, open_endpoints
from ownvoice.cli.options import ArticlesOption, JsonOption, LakeOption, OfflineOption, RecipeOption
from ownvoice.cli.output import print_result
from ownvoice.cli.source import named_source
from ownvoice.config.settings import load_settings
from ownvoice.pairs.try_prompt import try_prompt
from ownvoice.reports.text.pairs import tried_lines
from ownvoice.storage.lake import Lake
from ownvoice.storage.stores import ObjectStore


def command(
    articles: ArticlesOption = None,
    lake: LakeOption = None,
    offline: OfflineOption = False,
    recipe: RecipeOption = None,
    chunks: Annotated[int, typer.Option(min=1, max=20, help="How many chunks to ask about.")] = 2,
    as_json: JsonOption = False,
) -> None:
    """Print the first chunks of the source with their triples, each kept or with its drop reason."""
    settings = load_settings(articles=articles, lake=lake)
    source = ObjectStore(named_source(settings))
    asked = chosen_recipe(settings, recipe, offline)
    with open_endpoints(settings, offline) as endpoints:
        tried = try_prompt(Lake(settings.lake), source, settings.source, asked, endpoints, chunks)
    print_result((line for one in tried for line in tried_lines(one)), [asdict(one) for one in tried], as_json)
