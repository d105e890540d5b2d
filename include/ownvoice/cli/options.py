"""The options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

from ownvoice.config.options import Mode

LakeOption = Annotated[str | None, typer.Option("--lake", help="s3://bucket/prefix or file:///folder [OWNVOICE_LAKE].")]
ArticlesOption = Annotated[
    str | None, typer.Option("--articles", help="The source: s3://bucket/prefix or file:///folder [OWNVOICE_ARTICLES].")
]
RecipeOption = Annotated[list[str] | None, typer.Option("--recipe", help="A recipe field, as name=value; repeatable.")]
OfflineOption = Annotated[bool, typer.Option("--offline", help="Ask the bundled offline model, which needs no key.")]
ModeOption = Annotated[
    Mode | None, typer.Option(help="Ask at once, or through a batch API: cheaper, up to a day [OWNVOICE_MODE].")
]
MaxTokensOption = Annotated[int | None, typer.Option(help="Budget in tokens [OWNVOICE_MAX_TOKENS].")]
MaxCostOption = Annotated[float | None, typer.Option(help="Budget in US dollars [OWNVOICE_MAX_COST_USD].")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Plan and estimate; ask and commit nothing.")]
RunOption = Annotated[str | None, typer.Option("--run", help="Repeat this run instead of starting a new one.")]
VersionOption = Annotated[int | None, typer.Option("--version", help="A dataset version; the newest if none is given.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
