"""`ownvoice clean` as a person calls it: what it prints, deletes and refuses."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import pytest

from ownvoice.cli import main as cli
from ownvoice.errors import Exit
from ownvoice.storage.lease import take_lease
from ownvoice.terminal import WIDTH_CHARS
from stand_ins.lake_history import History


@pytest.fixture
def clean(lake, tmp_path, offline_model, monkeypatch, capsys):
    """Run the command on an old lake that has something to delete; return its exit code and what it printed."""
    history = History(lake, tmp_path / "articles", offline_model)
    history.train()
    history.die()
    lake.store.write("notes.txt", b"mine")
    long_ago = time.time() - 50 * 86400
    for path in (tmp_path / "lake").rglob("*"):
        os.utime(path, (long_ago, long_ago))

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["ownvoice", "clean", "--lake", lake.uri, *arguments])
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def files(lake):
    return {path for path in Path(lake.uri.removeprefix("file://")).rglob("*") if path.is_file()}


def test_it_changes_nothing_unless_it_is_told_to(clean, lake):
    before = files(lake)
    code, printed, _ = clean()
    assert code == 0
    assert files(lake) == before
    assert max(map(len, printed.splitlines())) <= WIDTH_CHARS
    assert "`ownvoice clean --delete` deletes" in printed
    assert "notes.txt" in printed


def test_it_deletes_what_it_said_and_says_what_it_deleted(clean, lake):
    before = files(lake)
    planned = json.loads(clean("--json")[1])
    deleted = json.loads(clean("--delete", "--json")[1])
    assert (planned["deleted"], deleted["deleted"]) == (False, True)
    assert planned["kinds"] == deleted["kinds"]
    keys = {key for kind in planned["kinds"] for key in kind["keys"]}
    gone = {str(path.relative_to(lake.uri.removeprefix("file://"))) for path in before - files(lake)}
    assert gone == keys != set()
    assert clean()[1].endswith("nothing may go\n")


def test_one_kind_alone_can_go(clean, lake):
    kinds = json.loads(clean("--kind", "checkpoints", "--delete", "--json")[1])["kinds"]
    assert [kind["kind"] for kind in kinds] == ["checkpoints"]
    assert kinds[0]["objects"] > 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--days", "0"), "--days 0: at least 1"),
        (("--days", "-3", "--kind", "x"), "--kind 'x' is none: one of abandoned runs, "),
        (("--kind", "answers"), "add --answers"),
        (("--kind", "old versions"), "add --keep-versions"),
        (("--keep-versions", "0"), "--keep-versions 0: at least 1"),
    ],
)
def test_a_wrong_option_is_told_before_anything_goes(clean, lake, arguments, said):
    before = files(lake)
    code, _, error = clean("--delete", *arguments)
    assert code == Exit.BAD_RECIPE
    assert said in error
    assert files(lake) == before


def test_a_lake_that_a_run_holds_is_refused(clean, lake):
    take_lease(lake, "tonight")
    code, _, error = clean("--delete")
    assert code == Exit.STORAGE_UNAVAILABLE
    assert "is held by run tonight" in error
