"""What a lake is told of its store, and that it asks once."""

from __future__ import annotations

import shutil

import pytest

from ownvoice.storage.lake import Lake
from ownvoice.storage.probe import probe_creation
from stand_ins.s3_server import make_bucket, make_versioned


@pytest.mark.parametrize("server", ["s3_access", "radosgw_access"])
def test_creation_holds_in_a_plain_bucket(server, request):
    access = request.getfixturevalue(server)
    assert probe_creation(Lake(make_bucket(access, "plain-bucket"), access)).winners == 1


def test_creation_does_not_hold_in_a_versioned_bucket_of_ceph(radosgw_access):
    uri = make_versioned(radosgw_access, make_bucket(radosgw_access, "versioned-probe"))
    probe = probe_creation(Lake(uri, radosgw_access))
    assert not probe.holds
    assert f"does NOT hold ({probe.winners} of 16 racers created the same object)" in probe.sentence


def test_a_lake_is_probed_once_and_keeps_only_what_was_found(lake, monkeypatch):
    found = probe_creation(lake)
    assert found.holds
    assert [one.key for one in lake.store.objects()] == ["probe.json"]
    monkeypatch.setattr("ownvoice.storage.probe._race", None)
    assert probe_creation(lake) == found


def test_a_lake_that_was_copied_elsewhere_is_probed_again(lake, tmp_path):
    probe_creation(lake)
    shutil.copytree(tmp_path / "lake", tmp_path / "copy")
    copy = Lake((tmp_path / "copy").as_uri())
    assert probe_creation(copy).uri == copy.uri
