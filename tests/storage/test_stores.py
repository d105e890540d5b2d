"""One vocabulary over folders and S3; every refusal is one sentence."""

from __future__ import annotations

import asyncio

import pytest

from ownvoice.errors import SettingsError, StorageError, StorageUnavailableError
from ownvoice.storage.aws import AwsAccess
from ownvoice.storage.faults import storage_error
from ownvoice.storage.stores import ObjectStore
from stand_ins.s3_server import make_bucket


@pytest.fixture(params=["folder", "s3_access", "radosgw_access"])
def store(request, tmp_path):
    if request.param == "folder":
        return ObjectStore((tmp_path / "a folder").as_uri(), create_folder=True)
    access = request.getfixturevalue(request.param)
    return ObjectStore(f"{make_bucket(access, 'store-bucket')}/a prefix", access)


def test_what_is_written_is_read_back(store):
    store.write("a/b.txt", "é".encode())
    assert store.read("a/b.txt") == "é".encode()
    assert store.read("a/c.txt") is None


def test_a_file_goes_up_and_comes_down_in_parts(store, tmp_path, monkeypatch):
    monkeypatch.setattr("ownvoice.storage.stores._DOWNLOAD_PART_BYTES", 1000)
    (tmp_path / "up").write_bytes(bytes(range(256)) * 10)
    store.upload("a/file", tmp_path / "up")
    store.download("a/file", tmp_path / "down")
    assert (tmp_path / "down").read_bytes() == (tmp_path / "up").read_bytes()


def test_an_empty_file_comes_down_empty_and_one_that_is_gone_is_named(store, tmp_path):
    store.write("empty", b"")
    store.download("empty", tmp_path / "down")
    assert (tmp_path / "down").read_bytes() == b""
    with pytest.raises(StorageError, match="gone/file is gone"):
        store.download("gone/file", tmp_path / "down")


def test_of_two_creations_one_writes_and_both_know(store):
    assert store.create("k", b"1") is True
    assert store.create("k", b"2") is False
    assert asyncio.run(store.create_async("k", b"3")) is False
    assert asyncio.run(store.read_async("k")) == b"1"


def test_a_listing_is_of_a_folder_and_not_of_a_beginning(store):
    for key in ("blog/a.md", "blog/b/c.md", "blogroll.md"):
        store.write(key, b"x")
    assert sorted(found.key for found in store.objects("blog")) == ["blog/a.md", "blog/b/c.md"]
    assert store.folders() == ["blog"]
    assert store.folders("blog") == ["b"]


def test_a_tag_changes_when_the_bytes_do(store):
    def tag():
        return next(found.tag for found in store.objects())

    store.write("a", b"one")
    before = tag()
    store.write("a", b"two!")
    assert tag() != before


def test_deleting_what_is_not_there_is_no_fault(store):
    store.delete("nothing")


def test_a_missing_bucket_is_named(s3_access):
    with pytest.raises(StorageError, match="s3://no-such-bucket: there is no such bucket. Create it"):
        list(ObjectStore("s3://no-such-bucket", s3_access).objects())


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(StorageError, match="there is no such folder. Create it, or correct the URI"):
        ObjectStore((tmp_path / "nowhere").as_uri())


def test_a_wrong_endpoint_is_named_and_may_be_tried_again():
    store = ObjectStore("s3://bucket", AwsAccess("k", "s", endpoint_url="http://127.0.0.1:9"))
    with pytest.raises(StorageUnavailableError, match="Check the endpoint and the network") as caught:
        store.read("k")
    assert caught.value.retryable


@pytest.mark.parametrize("uri", ["", "articles", "ftp://host/x", "s3://", "file://host/x", "http://host"])
def test_what_is_no_store_is_refused(uri):
    with pytest.raises(SettingsError, match=r"write s3://bucket/prefix or file:///absolute/folder"):
        ObjectStore(uri)


def test_secrets_do_not_show():
    assert "topsecret" not in repr(AwsAccess("key", "topsecret", "topsecret"))


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="file cannot be used: .*Name a folder that this user may make"):
        ObjectStore((tmp_path / "file").as_uri(), create_folder=True)


def test_what_deltalake_says_in_lines_becomes_one_sentence():
    arrow = "\n     \x1b[31m↳\x1b[0m "
    error = storage_error(
        "s3://bucket", "tables/pairs", OSError(f"Kernel error{arrow}tcp connect error{arrow}refused\n")
    )
    assert "did not answer as a store should: Kernel error: tcp connect error: refused. Check" in str(error)
    denied = storage_error(
        "file:///lake", "tables/pairs", OSError(f"Kernel error{arrow}Permission denied (os error 13)")
    )
    assert "Check the owner and mode of the folder" in str(denied)
