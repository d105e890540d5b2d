"""`ownvoice explore`: what a dataset version is about, how far pairs cover it, and what to generate next."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Annotated

import typer

from ownvoice.cli.options import JsonOption, LakeOption, VersionOption
from ownvoice.cli.output import print_result
from ownvoice.config.settings import load_settings
from ownvoice.exploration.explore import explored
from ownvoice.exploration.next_to_generate import next_to_generate
from ownvoice.reports.text.exploration import exploration_lines
from ownvoice.storage.lake import Lake
from ownvoice.storage.versions import version_or_latest


def command(
    version: VersionOption = None,
    again: Annotated[bool, typer.Option("--again", help="Explore it again, though that was done.")] = False,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print what was found out about a version; what is not explored yet is, and kept for the page."""
    opened = Lake(load_settings(lake=lake).lake)
    found = explored(opened, version_or_latest(opened, version), _say, again=again)
    candidates = [
        asdict(one) | {"topic": one.topic.number, "advice": one.advice} for one in next_to_generate(found.topics)
    ]
    value = found.model_dump(mode="json") | {"next_to_generate": candidates}
    print_result(exploration_lines(found), value, as_json)


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
