"""Two commits at the same moment, in two processes, on stores where creation is conditional and where it is not."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import asdict
from types import SimpleNamespace

import pytest

from ownvoice.dataset.verify import verify
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.probe import probe_creation
from ownvoice.storage.versions import all_versions
from stand_ins.night import Night
from stand_ins.places import TESTS
from stand_ins.s3_server import make_bucket, make_versioned

STAND_INS = TESTS / "stand_ins"


@pytest.fixture(autouse=True)
def alone_without_waiting(monkeypatch):
    """Prepare nights without a wait: in this process nobody else commits. The processes of the race do wait."""
    standing_still = SimpleNamespace(monotonic=lambda: 0.0, sleep=lambda _: None)
    monkeypatch.setattr("ownvoice.dataset.log_entry.time", standing_still)


@pytest.fixture
def forgetful_lake(forgetful_server, table):
    access, _ = forgetful_server
    return Lake(make_bucket(access, table), access)


@pytest.fixture
def versioned_lake(radosgw_access):
    """Return a lake in a versioned bucket of Ceph's: there, every racer wins."""
    return Lake(make_versioned(radosgw_access, make_bucket(radosgw_access, "versioned")), radosgw_access)


def night_with_two_runs(lake, tmp_path, model):
    """Prepare the runs `one` and `two`, each with an article of its own, on top of a committed night."""
    night = Night(lake, tmp_path / "articles", model)
    night.write("a")
    night.run("before")
    for run_id, name in (("one", "b"), ("two", "c")):
        night.write(name)
        night.list_and_plan(run_id)
        night.generate(run_id)
        night.remove(name)
    return night


def commit_at_once(lake, *run_ids):
    """Commit every run in a process of its own, at the same moment; return what each says."""
    access = json.dumps(asdict(lake.store.access))
    script = str(STAND_INS / "commit_now.py")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with ExitStack() as running:
        writers = [
            running.enter_context(subprocess.Popen([sys.executable, script, lake.uri, run_id, access], **pipes))
            for run_id in run_ids
        ]
        for writer in writers:
            assert writer.stdout.readline() == "ready\n"
        for writer in writers:
            writer.stdin.write("go\n")
            writer.stdin.flush()
        return dict(zip(run_ids, [writer.stdout.read().strip() for writer in writers], strict=True))


def pairs_by_run(lake):
    found = {}
    for batch in scan(lake.table("pairs")):
        for row in batch.to_pylist():
            found.setdefault(row["created_by_run"], []).append(row["pair_id"])
    return found


def assert_that_nobody_lost_a_row(lake, said):
    committed = {"before", *(run_id for run_id, result in said.items() if result == "done")}
    assert {result for result in said.values() if result != "done"} <= {"LostCommitError"}
    versions = {version.run_id: version for version in all_versions(lake)}
    assert set(versions) == committed
    found = pairs_by_run(lake)
    assert set(found) == committed
    for run_id, version in versions.items():
        assert len(found[run_id]) == len(set(found[run_id])) == version.added
    assert verify(lake).passed


@pytest.mark.parametrize("lake", ["folder", "s3_access", "radosgw_access"], indirect=True)
def test_of_two_commits_at_once_the_second_comes_on_top_of_the_first(lake, tmp_path, offline_model):
    night_with_two_runs(lake, tmp_path, offline_model)
    said = commit_at_once(lake, "one", "two")
    assert said == {"one": "done", "two": "done"}
    assert_that_nobody_lost_a_row(lake, said)


@pytest.mark.parametrize("table", ["articles", "pairs"])
def test_a_commit_that_another_writer_overwrote_is_made_again(
    table, forgetful_lake, forgetful_server, tmp_path, offline_model
):
    _, log = forgetful_server
    night = night_with_two_runs(forgetful_lake, tmp_path, offline_model)
    forgetful_lake.store.write(f"meet/{table}", b"")
    said = commit_at_once(forgetful_lake, "one", "two")
    assert f"two writers of /{table}/tables/{table}/_delta_log" in log.read_text()
    assert_that_nobody_lost_a_row(forgetful_lake, said)
    assert "done" in said.values()

    night.write("b", "c", "d")
    night.run("after")
    assert verify(forgetful_lake).passed
    rows = [row for batch in scan(forgetful_lake.table("pairs")) for row in batch.to_pylist()]
    assert {row["article_id"] for row in rows} == {"a", "b", "c", "d"}


def test_two_commits_at_once_on_a_versioned_bucket_of_ceph(versioned_lake, tmp_path, offline_model):
    night_with_two_runs(versioned_lake, tmp_path, offline_model)
    assert not probe_creation(versioned_lake).holds
    assert_that_nobody_lost_a_row(versioned_lake, commit_at_once(versioned_lake, "one", "two"))
