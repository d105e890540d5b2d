"""`ownvoice push-to-hub`, over the real client against the stand-in Hub."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from ownvoice.cli.main import app
from ownvoice.errors import SettingsError
from ownvoice.training.results.lineage import lineage_of_version


def push_command(lake, *options):
    return CliRunner().invoke(app, ["push-to-hub", "--lake", lake.uri, *options])


def test_a_dry_run_shows_card_and_files_and_asks_the_hub_nothing(nights, lake, hub):
    shown = push_command(lake, "--repo", "ann/pairs", "--dry-run").stdout
    assert shown.startswith("---\n")
    assert hub.requests == []
    planned = json.loads(push_command(lake, "--repo", "ann/pairs", "--dry-run", "--json").stdout)
    assert push_command(lake, "--repo", "ann/pairs").exit_code == 0
    tree = hub.repositories["ann/pairs"].main
    assert planned["card"] == tree["README.md"].decode()
    assert planned["files"] == {path: len(data) for path, data in tree.items() if path.endswith(".parquet")}
    assert all(path in shown for path in planned["files"])


def test_what_was_pushed_is_told_with_its_commit_and_found_by_lineage(nights, lake, hub):
    told = json.loads(push_command(lake, "--repo", "ann/pairs", "--json").stdout)
    assert told["revision"] == hub.repositories["ann/pairs"].branches["main"]
    assert lineage_of_version(lake, 1)["hub"] == [told]
    shown = CliRunner().invoke(app, ["lineage", "--lake", lake.uri, "--version", "1"]).stdout
    assert f"hub        ann/pairs at {told['revision']}" in shown


@pytest.mark.parametrize("name", ["", "pairs", "ann/pairs/more", "../pairs", "ann/pa irs"])
def test_a_repository_that_is_none_is_refused_before_anything_is_asked(nights, lake, hub, name):
    assert isinstance(push_command(lake, "--repo", name).exception, SettingsError)
    assert hub.requests == []
