"""`ownvoice explore`: printed for people and programs, kept for the page, told without a version."""

from __future__ import annotations

import json

import pytest

from ownvoice.cli.main import load_command
from ownvoice.errors import StorageError
from ownvoice.exploration.stored import read_exploration
from ownvoice.storage.versions import latest_version
from stand_ins.topic_lake import topic_lake


def explore(lake, *arguments: str) -> None:
    load_command("explore").main(["--lake", lake.uri, *arguments], standalone_mode=False)


def test_it_prints_what_it_keeps_and_explores_once(lake, capsys):
    topic_lake(lake, {"bread": ["a", "b"], "ferry": ["c"]}, {"c": 0})
    explore(lake, "--json")
    printed = capsys.readouterr()
    assert "drawing 3 articles" in printed.err
    value = json.loads(printed.out)
    assert read_exploration(lake, latest_version(lake)).model_dump(mode="json").items() <= value.items()
    assert value["next_to_generate"] == []
    explore(lake)
    printed = capsys.readouterr()
    assert printed.err == ""
    assert "version 1: 3 articles in 1 topic" in printed.out


def test_a_lake_without_a_version_is_told(lake):
    with pytest.raises(StorageError, match="ownvoice refresh"):
        explore(lake)
