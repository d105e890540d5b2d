"""A bucket keeps what was overwritten and deleted: what is withdrawn goes from there too, and a lock is named."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from ownvoice.storage.aws import AwsAccess
from ownvoice.storage.lake import Lake
from ownvoice.takedown.bucket import remove_old_versions, remove_versions_of
from ownvoice.takedown.search.needles import Needles, runs_in
from stand_ins.s3_server import client_of, make_bucket, make_versioned

TEXT = "the harbour was quiet when the first boats came slowly home with salt and silver"
NEEDLES = Needles(runs_in([TEXT]), frozenset({"book/1.md"}))


def versions(bucket: str, access: AwsAccess) -> list[tuple[str, bytes]]:
    """Return every version and marker in a bucket, as a client of its own sees them."""
    client = client_of(access)
    found = client.list_object_versions(Bucket=bucket)
    kept = [
        (one["Key"], client.get_object(Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"])["Body"].read())
        for one in found.get("Versions", ())
    ]
    return sorted([*kept, *((one["Key"], b"(deleted)") for one in found.get("DeleteMarkers", ()))])


def test_old_versions_and_broken_uploads_go_and_others_stay(s3_access: AwsAccess) -> None:
    lake = Lake(make_versioned(s3_access, make_bucket(s3_access, "kept")) + "/lake", s3_access)
    for key in ("runs/night/log.txt", "runs/night/run.json", "runs/night/plan.json"):
        lake.store.write(key, TEXT.encode())
    lake.store.write("runs/night/log.txt", b"other words")
    lake.store.delete("runs/night/run.json")
    lake.store.write("runs/night/plan.json", b"harmless")
    lake.store.write("runs/night/plan.json", b"harmless as well")
    client = client_of(s3_access)
    for key in ("lake/runs/night/plan.json", "lake/runs/t/merged/model.safetensors"):
        upload = client.create_multipart_upload(Bucket="kept", Key=key)["UploadId"]
        client.upload_part(Bucket="kept", Key=key, UploadId=upload, PartNumber=1, Body=TEXT.encode())

    done = remove_old_versions(lake, NEEDLES)

    assert done.removed == 5  # three contents, the marker of the deleted object, and the upload of a plan
    assert list(done.left) == ["runs/t/merged/model.safetensors"]
    assert versions("kept", s3_access) == [
        ("lake/runs/night/log.txt", b"other words"),
        ("lake/runs/night/plan.json", b"harmless"),
        ("lake/runs/night/plan.json", b"harmless as well"),
    ]
    assert remove_old_versions(lake, NEEDLES).removed == 0
    remove_versions_of(lake, ["runs/night/plan.json"])
    assert len(versions("kept", s3_access)) == 2


def test_a_locked_version_is_named_and_its_deletion_stays_hidden(s3_access: AwsAccess) -> None:
    client = client_of(s3_access)
    client.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
    until = dt.datetime(2044, 5, 6, 7, 8, tzinfo=dt.UTC)
    locks: dict[str, dict[str, Any]] = {
        "run.json": {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": until},
        "plan.json": {"ObjectLockLegalHoldStatus": "ON"},
    }
    lake = Lake("s3://locked/lake", s3_access)
    for name, lock in locks.items():
        client.put_object(Bucket="locked", Key=f"lake/runs/night/{name}", Body=TEXT.encode(), **lock)
        lake.store.delete(f"runs/night/{name}")
    done = remove_old_versions(lake, NEEDLES)
    assert "Object Lock (compliance) until 2044-05-06 07:08 UTC" in done.left["runs/night/run.json"]
    assert "a legal hold" in done.left["runs/night/plan.json"]
    assert not list(lake.store.objects())  # their markers stay, or they would be live again


def test_a_folder_has_no_old_versions(tmp_path: Path) -> None:
    lake = Lake(tmp_path.as_uri())
    lake.store.write("runs/night/log.txt", TEXT.encode())
    assert remove_old_versions(lake, NEEDLES).seen == 0
