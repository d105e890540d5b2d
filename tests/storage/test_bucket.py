"""A bucket with every key that S3 takes, over S3's own protocol.

moto stands in for S3, and keeps no key with a line break in it.
"""

from __future__ import annotations

import uuid

import boto3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ownvoice.errors import StorageAccessError, StorageError, StorageUnavailableError
from ownvoice.storage.stores import ObjectStore
from stand_ins.s3_server import make_bucket

ODD_KEYS = [
    *(
        "posts//a.md",
        "posts/../a.md",
        "../a.md",
        "./a.md",
        "posts/./a.md",
        "/a.md",
        "//a.md",
        "posts/a.md/",
        "..",
        "a/..",
    ),
    *("a\tb.md", "a\rb.md", "a\x7fb.md", "a\x01b.md", "\x1b[31m.md", "a b+c.md", "a%2Fb.md", "a?b#c.md"),
    *("a\\b.md", "a&b<c>.md", "é\u0301ß漢😀.md", "\u202ea.md", "\ufeffa.md", "k" * 1000 + ".md"),
]


@pytest.fixture(scope="module")
def client(s3_access):
    session = boto3.Session(s3_access.access_key_id, s3_access.secret_access_key, region_name=s3_access.region)
    return session.client("s3", endpoint_url=s3_access.endpoint_url)


@pytest.fixture
def bucket(s3_access):
    return make_bucket(s3_access, f"odd-{uuid.uuid4().hex}").removeprefix("s3://")


def contents(store, prefix=""):
    return {one.key: store.read_range(one, 0, one.size) for one in store.objects(prefix)}


@pytest.mark.parametrize("prefix", ["", "blog/a prefix"])
def test_every_key_is_listed_and_read_as_the_store_spells_it(s3_access, client, bucket, prefix):
    base = f"{prefix}/" if prefix else ""
    for key in ODD_KEYS:
        client.put_object(Bucket=bucket, Key=base + key, Body=key.encode())
    store = ObjectStore(f"s3://{bucket}/{prefix}", s3_access)
    assert contents(store) == {key: key.encode() for key in ODD_KEYS}
    assert contents(store, "posts") == {key: key.encode() for key in ODD_KEYS if key.startswith("posts/")}


@given(key=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"), min_size=1, max_size=40))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_key_ends_a_listing(s3_access, client, bucket, key):
    client.put_object(Bucket=bucket, Key=key, Body=b"odd")
    client.put_object(Bucket=bucket, Key="good.md", Body=b"good")
    try:
        found = contents(ObjectStore(f"s3://{bucket}", s3_access))
        assert found["good.md"] == b"good"
        assert set(found) == {"good.md", key}
    finally:
        client.delete_object(Bucket=bucket, Key=key)


def test_the_markers_of_folders_are_no_objects(s3_access, client, bucket):
    for key in ("posts/", "posts/deep/", "/"):
        client.put_object(Bucket=bucket, Key=key, Body=b"")
    client.put_object(Bucket=bucket, Key="posts/a.md", Body=b"a")
    store = ObjectStore(f"s3://{bucket}", s3_access)
    assert contents(store) == contents(store, "posts") == {"posts/a.md": b"a"}
    assert store.folders() == ["", "posts"]


@pytest.mark.parametrize("storage_class", ["GLACIER", "DEEP_ARCHIVE"])
def test_an_archived_object_is_called_archived(s3_access, client, bucket, storage_class):
    client.put_object(Bucket=bucket, Key="old.md", Body=b"old", StorageClass=storage_class)
    store = ObjectStore(f"s3://{bucket}", s3_access)
    (found,) = store.objects()
    with pytest.raises(StorageError, match=r"old\.md\): the object is archived .* Restore it") as caught:
        store.read_range(found, 0, 3)
    assert not isinstance(caught.value, (StorageAccessError, StorageUnavailableError))


def test_what_is_gone_since_it_was_listed_is_no_matter_of_backups(s3_access, client, bucket):
    client.put_object(Bucket=bucket, Key="a.md", Body=b"a")
    store = ObjectStore(f"s3://{bucket}", s3_access)
    (found,) = store.objects()
    client.delete_object(Bucket=bucket, Key="a.md")
    with pytest.raises(StorageError, match=r"a\.md was listed, but the store has nothing under that name\. Run again"):
        store.read_range(found, 0, 1)


def test_an_object_of_many_parts_is_listed_over_many_answers(s3_access, client, bucket):
    for number in range(1100):
        client.put_object(Bucket=bucket, Key=f"{number}.md", Body=b"")
    assert sum(1 for _ in ObjectStore(f"s3://{bucket}", s3_access).objects()) == 1100


def test_uploads_that_nobody_completed_are_found_with_their_size_and_aborted(s3_access, client, bucket):
    for key in ("lake/a.bin", "lake2/b.bin"):
        upload = client.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
        client.upload_part(Bucket=bucket, Key=key, UploadId=upload, PartNumber=1, Body=b"x" * 100)
    store = ObjectStore(f"s3://{bucket}/lake", s3_access)
    (found,) = store.unfinished()
    assert (found.key, found.size) == ("a.bin", 100)
    assert list(store.objects()) == []
    for _ in range(2):  # repeated, it changes nothing
        store.discard(found)
    assert list(store.unfinished()) == []
    assert len(client.list_multipart_uploads(Bucket=bucket)["Uploads"]) == 1
