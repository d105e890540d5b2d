"""`ownvoice takedown`: what an article, an author or a text leaves behind, and taking it down."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from ownvoice.cli.options import JsonOption, LakeOption
from ownvoice.cli.output import print_result
from ownvoice.config.settings import load_settings
from ownvoice.errors import SettingsError, StorageError
from ownvoice.storage.hub import hub_client, token_from_environment
from ownvoice.storage.lake import Lake
from ownvoice.takedown.found import Wanted
from ownvoice.takedown.lift import lift as lift_takedown
from ownvoice.takedown.lines import record_lines, summary_line
from ownvoice.takedown.plan import plan_lines, plan_takedown
from ownvoice.takedown.record import read_takedown, takedowns
from ownvoice.takedown.steps import Asked
from ownvoice.takedown.take_down import begun, refuse_open, take_down
from ownvoice.terminal import wrapped

group = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

_MAX_TEXT_BYTES = 10 << 20
_OBJECTS_PER_WORD = 1_000

ArticleOption = Annotated[list[str] | None, typer.Option("--article", help="An article, by id; repeatable.")]
AuthorOption = Annotated[list[str] | None, typer.Option("--author", help="All articles of an author; repeatable.")]
TextOption = Annotated[
    list[Path] | None, typer.Option("--text", help="A file: the articles that hold its text; repeatable.")
]
KeptOption = Annotated[
    list[str] | None,
    typer.Option(
        "--reason-kept", metavar="MODEL=REASON", help="Keep the model of a training, for this reason; repeatable."
    ),
]
TakedownArgument = Annotated[str, typer.Argument(metavar="ID", help="A takedown, by the id that `list` shows.")]


@group.callback(invoke_without_command=True)
def take(
    context: typer.Context,
    article: ArticleOption = None,
    author: AuthorOption = None,
    text: TextOption = None,
    reason_kept: KeptOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Take it down. Without it, the plan is shown alone.")] = False,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print what a takedown would take; with `--yes`, do it and print its record, or go on with one that was killed."""
    if context.invoked_subcommand:
        return
    settings = load_settings(lake=lake)
    wanted = Wanted(frozenset(article or ()), frozenset(author or ()), tuple(map(_read, text or ())))
    if not (wanted.article_ids or wanted.author_ids or wanted.texts):
        raise SettingsError(
            "name what is to go: --article ID, --author ID or --text FILE; or `ownvoice takedown list`."
        )
    opened, asked = Lake(settings.lake), Asked(wanted, _reasons(reason_kept or ()), getpass.getuser())
    if yes:
        record = take_down(
            opened, asked, lambda: hub_client(token_from_environment()), settings.hub_dataset, _tell_progress
        )
        print_result(record_lines(record), record.model_dump(mode="json"), as_json)
        refuse_open(record)
    elif (record := begun(opened, asked)).steps:
        print_result(record_lines(record), record.model_dump(mode="json"), as_json)
    else:
        plan = plan_takedown(opened, asked, _tell_progress)
        lines = [*plan_lines(plan), "", "nothing was changed: the same with --yes takes it down"]
        print_result(lines, plan.as_json(), as_json)


@group.command("list")
def list_takedowns(lake: LakeOption = None, as_json: JsonOption = False) -> None:
    """List every takedown, in the order in which they began."""
    found = list(takedowns(Lake(load_settings(lake=lake).lake)))
    lines = [line for record in found for line in wrapped(summary_line(record), indent=2)]
    print_result(lines or ["no takedown yet"], [record.model_dump(mode="json") for record in found], as_json)


@group.command("show")
def show(takedown_id: TakedownArgument, lake: LakeOption = None, as_json: JsonOption = False) -> None:
    """Show the record of a takedown: its steps, its models, and what is left."""
    opened = Lake(load_settings(lake=lake).lake)
    record = read_takedown(opened, takedown_id)
    if record is None:
        raise StorageError(f"{opened.uri} has no takedown {takedown_id!r}: `ownvoice takedown list` shows all.")
    print_result(record_lines(record), record.model_dump(mode="json"), as_json)


@group.command("lift")
def lift(
    takedown_id: TakedownArgument,
    because: Annotated[str, typer.Option("--because", help="Why it may come back; kept with the tombstone.")],
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let what a takedown refuses come back at the next refresh; what was taken stays gone."""
    lifted = lift_takedown(Lake(load_settings(lake=lake).lake), takedown_id, because)
    line = f"takedown {takedown_id} refuses nothing since {lifted.lifted_at:%Y-%m-%d %H:%M} UTC: {because}"
    print_result(wrapped(line), {"takedown_id": takedown_id, "lifted_at": lifted.lifted_at}, as_json)


def _read(path: Path) -> str:
    """Return a text. Raises `SettingsError` where the file is none, and `OSError` where it cannot be read."""
    data = path.read_bytes()
    if len(data) > _MAX_TEXT_BYTES or not data.strip():
        raise SettingsError(f"--text {path}: {len(data):,} bytes; write the text of one article into it.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SettingsError(f"--text {path} is not UTF-8: save it as such, then again.") from None


def _reasons(given: Sequence[str]) -> dict[str, str]:
    """Return the reasons by training. Raises `SettingsError` naming every one that says nothing."""
    parted = [one.partition("=") for one in given]
    if bad := [one for one, (name, _, reason) in zip(given, parted, strict=True) if not (name and reason.strip())]:
        raise SettingsError(f"--reason-kept {', '.join(map(repr, bad))}: write MODEL=REASON, with the reason in words.")
    return {name: reason.strip() for name, _, reason in parted}


def _tell_progress(objects: int, size_bytes: int) -> None:
    if objects % _OBJECTS_PER_WORD == 0:
        print(f"looked through {objects:,} objects, {size_bytes / 1e9:.3f} GB", file=sys.stderr)
