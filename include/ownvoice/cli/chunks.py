"""`ownvoice chunks`: one command of the command line, which lists the chunks that stand in a state."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from ownvoice.articles.ledger import chunks_in
from ownvoice.cli.options import JsonOption, LakeOption
from ownvoice.config.settings import load_settings
from ownvoice.reports.chunk_text import chunk_lines
from ownvoice.states import ChunkState
from ownvoice.storage.lake import Lake
from ownvoice.storage.versions import version_or_latest


def chunks_command(
    state: Annotated[ChunkState, typer.Option(help="Where the chunks stand.")] = ChunkState.DEAD,
    article: Annotated[str | None, typer.Option(help="Only chunks of this article id.")] = None,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the chunks of the present articles that stand in a state; dead ones with their reason and what to do."""
    opened = Lake(load_settings(lake=lake).lake)
    found = chunks_in(opened, version_or_latest(opened, None), state, **({"article_id": article} if article else {}))
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=1, default=str))
    else:
        print("\n".join(chunk_lines(state, found)))
