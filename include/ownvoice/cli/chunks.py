"""`ownvoice chunks`: the chunks in a state."""

from __future__ import annotations

from typing import Annotated

import typer

from ownvoice.articles.latest_chunks import latest_chunks
from ownvoice.cli.options import JsonOption, LakeOption
from ownvoice.cli.output import print_result
from ownvoice.cli.taken_down import taken_down_line
from ownvoice.config.settings import load_settings
from ownvoice.reports.text.chunks import chunk_lines
from ownvoice.states import ChunkState
from ownvoice.storage.lake import Lake
from ownvoice.storage.versions import version_or_latest


def command(
    state: Annotated[ChunkState, typer.Option(help="The state of the chunks to list.")] = ChunkState.DEAD,
    article: Annotated[str | None, typer.Option(help="Only chunks of this article id.")] = None,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the chunks of articles that are in the source, as of the newest version."""
    opened = Lake(load_settings(lake=lake).lake)
    found = latest_chunks(
        opened, version_or_latest(opened, None), state, **({"article_id": article} if article else {})
    )
    print_result([*chunk_lines(state, found), *taken_down_line(opened, article)], found, as_json)
