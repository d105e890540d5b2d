"""`ownvoice show`: pairs side by side."""

from __future__ import annotations

from typing import Annotated

import typer

from ownvoice.cli.options import JsonOption, LakeOption, VersionOption
from ownvoice.cli.output import print_result
from ownvoice.cli.taken_down import taken_down_line
from ownvoice.config.settings import load_settings
from ownvoice.reports.text.pairs import pair_lines
from ownvoice.storage.conditions import equals_given
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.versions import version_or_latest


def command(
    lake: LakeOption = None,
    version: VersionOption = None,
    article: Annotated[str | None, typer.Option(help="Only pairs of this article id.")] = None,
    split: Annotated[str | None, typer.Option(help="Only this split: train or test.")] = None,
    count: Annotated[int, typer.Option(min=1, help="How many pairs.")] = 3,
    as_json: JsonOption = False,
) -> None:
    """Print the first `count` pairs by pair id."""
    opened = Lake(load_settings(lake=lake).lake)
    number = version_or_latest(opened, version).number
    where = equals_given(article_id=article, split=split)
    batches = scan(opened.table("pairs", number), where=f"{where} ORDER BY pair_id LIMIT {count}")
    pairs = [row for batch in batches for row in batch.to_pylist()]
    lines = (line for pair in pairs for line in (*pair_lines(pair), ""))
    nothing = [f"version {number} holds no such pair", *taken_down_line(opened, article)]
    print_result(lines if pairs else nothing, pairs, as_json)
