"""Every kind of object of a lake, damaged in every way, under commands that read: one sentence, and never a trace."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import sys
from pathlib import Path

import pytest

from ownvoice.cli import main as cli
from ownvoice.dataset.verify import verify
from ownvoice.errors import Exit
from ownvoice.storage.lake import Lake
from stand_ins.many_nights import ARTICLES, refresh_once

COMMANDS = (
    ("verify",),
    ("report",),
    ("export", "OUT"),
    ("push-to-hub", "--repo", "owner/name", "--dry-run"),
)
DAMAGES = {
    "cut": lambda data: data[: len(data) // 2],
    "emptied": lambda _: b"",
    "overwritten": lambda _: b"\x00\xff not what was written here \x93" * 40,
    "changed in one byte": lambda data: data[: len(data) // 2] + b"\xff" + data[len(data) // 2 + 1 :],
    "gone": None,
}


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    """Return a lake after one night with a fault."""
    folder = tmp_path_factory.mktemp("damaged")
    (folder / "articles").mkdir()
    for sample in ARTICLES[:2]:
        shutil.copy(sample, folder / "articles")
    made = Lake((folder / "lake").as_uri())
    refresh_once(made, folder / "articles", dt.date(2026, 2, 1), faults=1)
    return made


def folder_of(lake: Lake) -> Path:
    return Path(lake.uri.removeprefix("file://"))


def one_of_each_kind(lake: Lake) -> list[Path]:
    """Return one file of each kind: those whose paths differ in hashes and numbers alone are of the same kind."""
    files = sorted(path for path in folder_of(lake).rglob("*") if path.is_file())
    return list({re.sub(r"[0-9a-f]{32,}|part-[^.]*|-c\d+", "", str(path)): path for path in files}.values())


@pytest.fixture
def ownvoice(lake, tmp_path, monkeypatch, capsys):
    """Run a command in this process; return its exit code and what it said on standard error."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        given = [str(tmp_path / "out") if one == "OUT" else one for one in arguments]
        monkeypatch.setattr(sys, "argv", ["ownvoice", *given, "--lake", lake.uri])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return ended.value.code or 0, capsys.readouterr().err

    return run


@pytest.mark.parametrize("damage", DAMAGES)
def test_no_command_that_reads_ends_in_a_trace(lake, ownvoice, damage):
    for path in one_of_each_kind(lake):
        kept = path.read_bytes()
        path.unlink() if DAMAGES[damage] is None else path.write_bytes(DAMAGES[damage](kept))
        for command in COMMANDS:
            code, said = ownvoice(*command)
            where = f"{command[0]}, {path.relative_to(folder_of(lake))} {damage}: {said}"
            assert code in (0, Exit.STORAGE, Exit.BAD_DATA), where
            assert "Traceback" not in said, where
            assert "fault of Ownvoice" not in said, where
            assert len(said.splitlines()) == (code != 0), where
        path.write_bytes(kept)
    assert verify(lake).passed, "what was put back is whole: no command wrote over it"


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_of_pairs_is_neither_exported_nor_verified(lake, ownvoice, tmp_path, damage):
    (path,) = (folder_of(lake) / "tables/pairs").rglob("*.parquet")
    assert ownvoice("export", "OUT")[0] == 0
    before = {file.name: file.read_bytes() for file in (tmp_path / "out").iterdir()}
    kept = path.read_bytes()
    path.unlink() if DAMAGES[damage] is None else path.write_bytes(DAMAGES[damage](kept))
    codes = [ownvoice("export", "OUT")[0], ownvoice("verify")[0]]
    path.write_bytes(kept)
    assert set(codes) <= {Exit.STORAGE, Exit.BAD_DATA}
    assert {file.name: file.read_bytes() for file in (tmp_path / "out").iterdir()} == before
