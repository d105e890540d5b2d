"""What several commands share: their options, and how a result is printed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Annotated, Any

import typer

from ownvoice.config.run import Mode

LakeOption = Annotated[str | None, typer.Option("--lake", help="s3://bucket/prefix or file:///folder [OWNVOICE_LAKE].")]
ArticlesOption = Annotated[str | None, typer.Option("--articles", help="Where the articles stand [OWNVOICE_ARTICLES].")]
RecipeOption = Annotated[list[str] | None, typer.Option("--recipe", help="A recipe field, as name=value; repeatable.")]
OfflineOption = Annotated[bool, typer.Option("--offline", help="Ask the bundled stand-in model, with no key.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
ModeOption = Annotated[
    Mode | None, typer.Option(help="Ask at once, or through a batch API: cheaper, up to a day [OWNVOICE_MODE].")
]
MaxTokensOption = Annotated[int | None, typer.Option(help="Budget in tokens [OWNVOICE_MAX_TOKENS].")]
MaxCostOption = Annotated[float | None, typer.Option(help="Budget in dollars [OWNVOICE_MAX_COST_USD].")]
VersionOption = Annotated[
    int | None, typer.Option("--version", help="A version number; the newest where none is given.")
]


def print_result(lines: Iterable[str], value: Any, as_json: bool) -> None:
    """Print `value` as JSON, or the lines that say the same to people."""
    if as_json:
        print(json.dumps(value, ensure_ascii=False, indent=1, default=str))
    else:
        print("\n".join(lines))
