"""`ownvoice review`: the rounds in which people review pairs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from ownvoice.cli.options import JsonOption, LakeOption, VersionOption
from ownvoice.cli.output import print_result
from ownvoice.config.problems import settings_error
from ownvoice.config.round_request import RoundRequest
from ownvoice.config.settings import load_settings
from ownvoice.errors import BadDataError, SettingsError
from ownvoice.reports.text.review import folded_lines, round_lines
from ownvoice.reviewing.disputed import disputed_pairs
from ownvoice.reviewing.draw import draw_round
from ownvoice.reviewing.exchange import TOOLS, Imported, export_round, import_answers
from ownvoice.reviewing.fold import Folded, fold_round, preview
from ownvoice.reviewing.formats.exchange import ToolName
from ownvoice.reviewing.formats.files import MAX_FILE_BYTES
from ownvoice.reviewing.sample import Closed, close_round, read_round, rounds
from ownvoice.storage.lake import Lake
from ownvoice.terminal import wrapped

group = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

_FAULTS_SHOWN = 20
_HERE = "the command line"  # who ends a round

RoundArgument = Annotated[str, typer.Argument(metavar="ROUND", help="A round, by the name that `list` shows.")]
ToolOption = Annotated[ToolName, typer.Option("--format", help="The review tool.")]


@group.command("list")
def list_rounds(lake: LakeOption = None, as_json: JsonOption = False) -> None:
    """List the rounds, newest first."""
    faults: list[str] = []
    found = rounds(Lake(load_settings(lake=lake).lake), faults)
    lines = [line for one in found for line in round_lines(one)] + faults
    stored = {"rounds": [one.model_dump(mode="json") for one in found], "faults": faults}
    print_result(
        lines or ["no round of review yet: trigger the DAG review_pairs, or `ownvoice review draw`"], stored, as_json
    )


@group.command("show")
def show_round(round_name: RoundArgument, lake: LakeOption = None, as_json: JsonOption = False) -> None:
    """Show what a round comes to by the answers so far, and how its reviewers did; write nothing."""
    opened = Lake(load_settings(lake=lake).lake)
    found = read_round(opened, round_name)
    folded = preview(opened, found)
    print_result([*round_lines(found), *folded_lines(folded)], _stored(folded), as_json)


@group.command("draw")
def draw(
    size: Annotated[int, typer.Option(help="How many items people are shown.")] = 100,
    version: VersionOption = None,
    author: Annotated[str, typer.Option(help="Only pairs of this author.")] = "",
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Draw the items of a new round, as the DAG review_pairs does; the page and `export` show it."""
    settings, now = load_settings(lake=lake), dt.datetime.now(dt.UTC)
    try:
        asked = RoundRequest(size=size, dataset_version=version, author_id=author)
    except ValidationError as error:
        raise settings_error(error) from None
    opened = Lake(settings.lake)
    name, disputed = f"review__{now:%Y-%m-%dT%H%M%S.%fZ}", disputed_pairs(opened, settings.judges)
    drawn = draw_round(opened, name, asked, disputed)
    print_result(round_lines(drawn), drawn.model_dump(mode="json"), as_json)


@group.command("fold")
def fold(round_name: RoundArgument, lake: LakeOption = None, as_json: JsonOption = False) -> None:
    """Close a round, as an approval does: the next refresh takes over what people decided."""
    folded = fold_round(Lake(load_settings(lake=lake).lake), round_name, _HERE)
    print_result(folded_lines(folded), _stored(folded), as_json)


@group.command("close")
def close(round_name: RoundArgument, lake: LakeOption = None, as_json: JsonOption = False) -> None:
    """Close a round without decisions, as a rejection does: its pairs may be drawn again, and its answers are kept."""
    closed = Closed(how="rejected", by=_HERE, at=dt.datetime.now(dt.UTC))
    found = close_round(Lake(load_settings(lake=lake).lake), round_name, closed)
    print_result(round_lines(found), found.model_dump(mode="json"), as_json)


@group.command("export")
def export_items(
    round_name: RoundArgument,
    folder: Annotated[Path, typer.Argument(help="A folder for the files; made where it is not there.")],
    tool: ToolOption,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the items of a round for Argilla or Label Studio, sides by hash and sources hidden."""
    files = export_round(Lake(load_settings(lake=lake).lake), round_name, tool, folder)
    lines = [*map(str, files), f"When people have answered: {TOOLS[tool].export_with}; then `ownvoice review import`."]
    print_result(
        (line for each in lines for line in wrapped(each, 2)), {"files": [str(file) for file in files]}, as_json
    )


@group.command("import")
def import_file(
    round_name: RoundArgument,
    file: Annotated[Path, typer.Argument(help="What the review tool exported: JSON or JSON Lines.")],
    tool: ToolOption,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take the submitted answers of an export of Argilla or Label Studio; a second time changes nothing."""
    opened = Lake(load_settings(lake=lake).lake)
    try:
        with file.open("rb") as data:
            found = import_answers(opened, round_name, tool, data.read(MAX_FILE_BYTES + 1))
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}") from error
    except BadDataError as error:
        raise BadDataError(f"{file}: {error}. From the tool: {TOOLS[tool].export_with}.") from error
    print_result(_imported_lines(found, tool), asdict(found), as_json)


def _stored(folded: Folded) -> dict[str, Any]:
    return asdict(folded) | {"round": folded.round.model_dump(mode="json"), "counts": folded.counts}


def _imported_lines(found: Imported, tool: ToolName) -> Iterator[str]:
    yield f"{found.new} new answers, {found.known} known already, {found.not_submitted} not submitted"
    for fault in found.faults[:_FAULTS_SHOWN]:
        yield from wrapped(f"not taken: {fault}", 2)
    if len(found.faults) > _FAULTS_SHOWN:
        yield f"and {len(found.faults) - _FAULTS_SHOWN:,} more that were not taken; --json has all of them"
    if found.faults and not (found.new or found.known):
        yield from wrapped(f"Nothing was taken. From the tool: {TOOLS[tool].export_with}.", 2)
