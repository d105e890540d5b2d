"""Tables that were damaged or put back from different days: found before anything is asked, and by `verify`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ownvoice.dataset.verify import verify
from ownvoice.errors import StorageError
from ownvoice.reports.report import write_report
from ownvoice.storage.layout import log_entry_key, table_key
from ownvoice.storage.versions import latest_version
from stand_ins.night import Night


@pytest.fixture
def night(lake, tmp_path, offline_model):
    """Two nights of two articles each: every table has a log of several entries."""
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write("a", "b")
    night.run("one")
    night.write("c", "d")
    night.run("two")
    return night


def asked(night):
    return len(list(night.lake.store.objects("answers")))


def cut_in_half(data):
    return data[: len(data) // 2]


DAMAGES = {"cut": cut_in_half, "emptied": lambda _: b"", "garbage": lambda _: b"\x00\xff not a log", "gone": None}


def damage(night, key, kind):
    store = night.lake.store
    if DAMAGES[kind] is None:
        store.delete(key)
    else:
        store.write(key, DAMAGES[kind](store.read(key)))


def log_of(lake, name):
    versions = sorted(found.key for found in lake.store.objects(f"{table_key(name)}/_delta_log"))
    return [key for key in versions if key.endswith(".json")]


@pytest.mark.parametrize("kind", DAMAGES)
@pytest.mark.parametrize("entry", [0, 1, -1])
@pytest.mark.parametrize("table", ["articles", "chunks"])
def test_a_damaged_log_of_a_side_table_stops_a_refresh_before_it_asks_and_fails_verify(night, table, entry, kind):
    damage(night, log_of(night.lake, table)[entry], kind)
    night.write("e")
    before = asked(night)
    with pytest.raises(StorageError, match=r"put the folder back|cannot be opened|backup"):
        night.run("three")
    assert asked(night) == before
    found = verify(night.lake)
    assert not found.passed
    assert any(table in fault for fault in found.faults)


@pytest.mark.parametrize("table", ["articles", "chunks"])
def test_a_side_table_that_is_gone_stops_a_refresh_and_fails_verify(night, table):
    shutil.rmtree(Path(night.lake.uri.removeprefix("file://")) / "tables" / table)
    night.write("e")
    with pytest.raises(StorageError, match=f"{table} is gone"):
        night.run("three")
    assert any("is gone" in fault for fault in verify(night.lake).faults)


def test_a_side_table_of_an_older_backup_is_behind_what_pairs_names(night):
    for key in log_of(night.lake, "articles")[2:]:
        night.lake.store.delete(key)
    with pytest.raises(StorageError, match="backup"):
        night.run("three")


def test_a_side_table_ahead_of_what_pairs_names_is_what_a_killed_commit_left(night):
    night.lake.table("articles").update(predicate="article_id = 'a'", new_values={"title": "'Another'"})
    night.write("e")
    assert night.run("three") is not None
    assert verify(night.lake).passed


def test_each_pair_is_held_against_the_row_of_its_article_in_the_same_version(night, monkeypatch):
    rows = _rows(night)
    for change, reason in (
        ({"article_sha256": "0" * 64}, "another text"),
        ({"article_id": "nobody"}, "not one that this version holds pairs of"),
        ({"split": "test" if rows[0]["split"] == "train" else "train"}, "side of the split"),
    ):
        monkeypatch.setattr("ownvoice.dataset.verify._fault", lambda lake, row: None)
        monkeypatch.setattr("ownvoice.dataset.verify._rows", lambda lake, _, c=change: iter([rows[0] | c, *rows[1:]]))
        assert reason in verify(night.lake).failed[rows[0]["pair_id"]]


def test_a_pair_that_is_there_twice_is_found_by_its_id(night, monkeypatch):
    import pyarrow as pa
    from deltalake import write_deltalake

    from ownvoice.storage.tables import PAIRS

    table = night.lake.table("pairs")
    twice = _rows(night)[0]
    write_deltalake(table, pa.Table.from_pylist([twice], schema=PAIRS), mode="append")
    newest = table.version()
    version = latest_version(night.lake)
    monkeypatch.setattr("ownvoice.dataset.verify.version_or_latest", lambda *_: _numbered(version, newest))
    found = verify(night.lake)
    assert set(found.failed) == {twice["pair_id"]}
    assert any("were committed" in fault for fault in found.faults)


def test_the_log_of_pairs_is_not_passed_over_where_an_entry_is_damaged(night):
    damage(night, log_entry_key("pairs", night.lake.table("pairs").version()), "cut")
    night.write("e")
    with pytest.raises(StorageError):
        night.run("three")


def _rows(night):
    from ownvoice.storage.lake import scan

    return [row for batch in scan(night.lake.table("pairs")) for row in batch.to_pylist()]


def _numbered(version, number):
    from dataclasses import replace

    return replace(version, number=number)


@pytest.mark.parametrize("lost", ["the last entry of the log", "the table"])
def test_pairs_that_lost_a_version_stop_a_refresh_before_it_asks(night, lost):
    write_report(night.lake, "two")
    kept = [log_of(night.lake, "pairs")[-1]] if lost == "the last entry of the log" else keys_of(night.lake, "pairs")
    for key in kept:
        night.lake.store.delete(key)
    night.write("e")
    before = asked(night)
    with pytest.raises(StorageError, match=r"tables/pairs (ends at version 1|holds no version), and version 2 was"):
        night.run("three")
    assert asked(night) == before


def keys_of(lake, name):
    return [found.key for found in lake.store.objects(table_key(name))]
