"""`ownvoice lineage`: from a model to its data, from a version to its models, from an article to both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter

from ownvoice.cli.options import JsonOption, LakeOption
from ownvoice.cli.output import print_result
from ownvoice.config.settings import load_settings
from ownvoice.errors import SettingsError
from ownvoice.publishing.champion import Move, moves_of, run_of_commit
from ownvoice.storage.lake import Lake
from ownvoice.training.results.lineage import lineage_of_model, lineage_of_version, model_lines, version_lines


def command(
    model: Annotated[str | None, typer.Option(help="A Hub commit or tag, or a training run.")] = None,
    version: Annotated[int | None, typer.Option(help="A version number of the dataset.")] = None,
    article: Annotated[str | None, typer.Option(help="An article's id.")] = None,
    author: Annotated[str | None, typer.Option(help="An author's id.")] = None,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the lineage of the one that is named. Raises `SettingsError` unless exactly one of the four is."""
    opened = Lake(load_settings(lake=lake).lake)
    if sum(one is not None for one in (model, version, article, author)) != 1:
        raise SettingsError("name one: --model REVISION, --version NUMBER, --article ID or --author ID.")
    if model is not None:
        made_from = lineage_of_model(opened, run_of_commit(opened, model) or model)
        moves = _moves(opened, [made_from])
        lines = [*model_lines(made_from), *map(_move_line, moves)]
        print_result(lines, made_from | {"champion": [move.model_dump(mode="json") for move in moves]}, as_json)
    elif version is not None:
        used_by = lineage_of_version(opened, version)
        moves = _moves(opened, used_by["trainings"])
        lines = [*version_lines(used_by), *map(_move_line, moves)]
        print_result(lines, used_by | {"champions": [move.model_dump(mode="json") for move in moves]}, as_json)
    else:
        _print_articles(opened, article, author, as_json)


def _print_articles(lake: Lake, article: str | None, author: str | None, as_json: bool) -> None:
    # Here, so that the trainer's environment, which reads no articles, tells of its models.
    from ownvoice.takedown.found import Wanted
    from ownvoice.takedown.lineage import ArticleLineage, lineage_lines, lineage_of_articles

    wanted = Wanted(frozenset(filter(None, [article])), frozenset(filter(None, [author])))
    found = lineage_of_articles(lake, wanted)
    print_result(lineage_lines(found), TypeAdapter(ArticleLineage).dump_python(found, mode="json"), as_json)


def _moves(lake: Lake, trainings: Sequence[dict[str, Any]]) -> list[Move]:
    """Return the moves that made one of these trainings' models the champion of its repository, newest first."""
    run_ids = {one["run_id"] for one in trainings}
    repo_ids = {one["model"]["repo_id"] for one in trainings if one["model"]}
    moves = (move for repo_id in sorted(repo_ids) for move in moves_of(lake, repo_id, []))
    return [move for move in moves if move.run_id in run_ids]


def _move_line(move: Move) -> str:
    over = f", over {move.over}" if move.over else ""
    return f"champion   {move.run_id}: {move.repo_id} {move.number}, {move.how} {move.at:%Y-%m-%d %H:%M} UTC{over}"
