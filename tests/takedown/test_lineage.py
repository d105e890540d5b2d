"""Where an article went: told from its rows while they are there, and from the record afterwards."""

from __future__ import annotations

import json

import pytest
from click.testing import Result
from typer.testing import CliRunner

from ownvoice.articles.tombstones import Withheld, put_tombstone
from ownvoice.cli.main import app
from ownvoice.dataset.hub.record import Pushed, record_push
from ownvoice.errors import SettingsError, StorageError
from ownvoice.storage.lake import Lake
from ownvoice.takedown.commit import commit_without
from ownvoice.takedown.found import Wanted
from ownvoice.takedown.old_versions import rewrite_old_versions
from ownvoice.takedown.rows import find_rows


def _asked(lake: Lake, *options: str, command: str = "lineage") -> Result:
    return CliRunner().invoke(app, [command, "--lake", lake.uri, *options])


def test_an_article_leads_to_its_versions_and_their_pushes_and_afterwards_to_counts(old_lake: Lake) -> None:
    record_push(old_lake, Pushed("ann/pairs", 2, "d" * 64, "c0ffee"))
    found = find_rows(old_lake, Wanted(article_ids=frozenset({"alpha"})))
    before = json.loads(_asked(old_lake, "--article", "alpha", "--json").stdout)
    assert {one["version"]: one["pairs"] for one in before["versions"]} == found.rows["pairs"]
    assert [one["revision"] for held in before["versions"] for one in held["pushes"]] == ["c0ffee"]

    put_tombstone(old_lake, "td", Withheld(article_ids=found.article_ids), 0.5)
    commit_without(old_lake, "td", found)
    rewrite_old_versions(old_lake, "td", found)
    after = json.loads(_asked(old_lake, "--article", "alpha", "--json").stdout)
    assert after["versions"] == []
    assert after["taken_down"][0]["withdrawn"] == {str(one): rows for one, rows in found.rows["pairs"].items()}
    assert f"withdrawn  {found.rows['pairs'][2]} pairs of version 2" in _asked(old_lake, "--article", "alpha").stdout
    for command in ("show", "chunks"):
        assert "alpha was taken down" in _asked(old_lake, "--article", "alpha", command=command).stdout
    assert f"withdrawn  {found.rows['pairs'][2]} pairs, by takedown td" in _asked(old_lake, "--version", "2").stdout


def test_an_author_leads_to_articles_and_a_version_back_to_its_authors(old_lake: Lake) -> None:
    assert "articles   charlie\nauthors    jane\n" in _asked(old_lake, "--author", "jane").stdout
    assert set(json.loads(_asked(old_lake, "--version", "3", "--json").stdout)["by_author"]) == {"jane", "tests"}


def test_what_was_never_there_and_two_questions_at_once_are_refused(old_lake: Lake) -> None:
    with pytest.raises(StorageError, match=r"holds nothing of 'nobody', in no version"):
        raise _asked(old_lake, "--article", "nobody").exception or AssertionError
    with pytest.raises(SettingsError, match="name one"):
        raise _asked(old_lake, "--article", "alpha", "--author", "jane").exception or AssertionError
