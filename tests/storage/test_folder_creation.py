"""What is created in a folder is there whole and once, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
import errno
import os
import string
from pathlib import Path

import obstore
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from obstore.store import LocalStore

from ownvoice.errors import DiskError, StorageError
from ownvoice.storage.stores import ObjectStore

RACERS = 32
NAME_CHARS = string.ascii_letters + string.digits + "._-%~ é’"
names = st.text(NAME_CHARS, min_size=1, max_size=20).filter(lambda name: name.strip(".") == name)


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return ObjectStore(tmp_path.as_uri())


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_of_many_that_create_the_same_file_one_wins_and_leaves_nothing_else(store, tmp_path):
    async def race() -> list[bool]:
        return list(await asyncio.gather(*(store.create_async("a/1.json", b"%d" % n) for n in range(RACERS))))

    won = asyncio.run(race())
    assert won.count(True) == 1
    assert store.read("a/1.json") == b"%d" % won.index(True)
    assert files(tmp_path) == ["a/1.json"]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT])
@pytest.mark.parametrize("step", ["open", "link"])
def test_a_disk_that_fails_leaves_nothing_half_written(store, tmp_path, monkeypatch, step, code):
    def fails(*_, **__):
        raise OSError(code, os.strerror(code))

    store.create("a/1.json", b"before")
    with monkeypatch.context() as broken:
        if step == "link":
            broken.setattr(os, "link", fails)
        else:
            broken.setattr(Path, "open", fails)
        with pytest.raises(DiskError, match="run again"):
            store.create("a/2.json", b"after")
    assert files(tmp_path) == ["a/1.json"]
    assert store.create("a/2.json", b"after")


def test_what_a_killed_writer_left_is_neither_listed_nor_in_the_way(store, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.json#77").write_bytes(b"ha")
    assert list(store.objects()) == []
    assert store.create("a/1.json", b"whole")
    assert [one.key for one in store.objects()] == ["a/1.json"]


@pytest.mark.parametrize("key", ["a", "a/1.json/2.json", "none/1.json"])
def test_a_key_without_a_file_holds_nothing(store, key):
    store.create("a/1.json", b"1")
    assert store.read(key) is None
    assert asyncio.run(store.read_async(key)) is None


def test_no_key_leads_out_of_the_folder(store, tmp_path):
    inner = ObjectStore((tmp_path / "inner").as_uri(), create_folder=True)
    (tmp_path / "secret").write_text("secret")
    for act in (lambda: inner.read("../secret"), lambda: inner.create("../new", b"")):
        with pytest.raises(StorageError):
            act()
    assert files(tmp_path) == ["secret"]


@given(st.lists(names, min_size=1, max_size=3), st.binary(max_size=100))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_keys_lie_where_obstore_has_always_put_them(store, tmp_path, parts, data):
    key, client = "/".join(parts), LocalStore(tmp_path)
    try:
        assert store.create(key, data) in (True, False)
        held = store.read(key)
        assert held == bytes(obstore.get(client, key).bytes())
        assert not store.create(key, data + b"more")
        store.write(key, data)
        assert store.read(key) == data
    finally:
        for name in files(tmp_path):
            (tmp_path / name).unlink()
        for folder in sorted((path for path in tmp_path.rglob("*") if path.is_dir()), reverse=True):
            folder.rmdir()
