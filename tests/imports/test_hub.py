"""A set read from the Hub: at one commit, which is looked up once, recorded, and read again for the proof."""

from __future__ import annotations

import gzip
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ownvoice.errors import HubAccessError, HubUnavailableError, SettingsError
from ownvoice.imports.sets import KNOWN_SETS
from ownvoice.imports.source import open_source
from ownvoice.imports.table import read_imported
from ownvoice.imports.verify import verify_imported
from stand_ins.hub_repository import Repository
from stand_ins.imported import imported, recorded_rows

CAPYBARA = KNOWN_SETS["capybara"]


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub-cache"))


def parquet(rows):
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), buffer)
    return buffer.getvalue()


def pushed(hub, known, files):
    """Put files on the main branch of the set's repository; return the commit."""
    repository = hub.repositories.setdefault(known.repo, Repository(known.repo))
    repository.branches["main"] = repository.commit({"README.md": b"# A set\n"} | files)
    return repository.branches["main"]


def test_a_branch_is_looked_up_once_and_its_commit_is_what_is_read_and_recorded(lake, hub):
    commit = pushed(
        hub, CAPYBARA, {"data/train-00000-of-00001.parquet": parquet(recorded_rows("capybara")), "x.py": b""}
    )
    source = open_source(lake, CAPYBARA, None, None)
    pushed(hub, CAPYBARA, {"data/train-00000-of-00001.parquet": parquet(recorded_rows("capybara")[:1])})
    assert (source.revision, source.files) == (commit, ("data/train-00000-of-00001.parquet",))
    report = imported(lake, "capybara", None, commit)
    assert (report.revision, report.rows, report.kept) == (commit, 10, 3)
    assert report.import_id == f"capybara@{commit}"
    assert hub.count(r"/x\.py") == 0, "a script is never read"


def test_the_rows_of_an_import_are_proved_against_its_commit_though_the_branch_has_moved(lake, hub):
    first = pushed(hub, CAPYBARA, {"data/train-0.parquet": parquet(recorded_rows("capybara"))})
    imported(lake, "capybara", None)
    pushed(hub, CAPYBARA, {"data/train-0.parquet": parquet(recorded_rows("capybara")[3:])})
    proof = verify_imported(lake, "capybara", CAPYBARA, None)
    assert (proof.passed, proof.compared) == (True, 3)
    hub.repositories[CAPYBARA.repo].commits[first]["data/train-0.parquet"] = parquet(recorded_rows("capybara")[3:])
    assert {row["revision"] for row in read_imported(lake)} == {first}


def test_a_file_that_is_another_one_than_it_was_is_named_row_by_row(lake, hub, tmp_path, monkeypatch):
    first = pushed(hub, CAPYBARA, {"data/train-0.parquet": parquet(recorded_rows("capybara"))})
    imported(lake, "capybara", None)
    hub.repositories[CAPYBARA.repo].commits[first]["data/train-0.parquet"] = parquet(recorded_rows("capybara")[1:])
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "empty-cache"))
    proof = verify_imported(lake, "capybara", CAPYBARA, None)
    assert not proof.passed
    assert any("row 1 of data/train-0.parquet is not the one" in fault for fault in proof.faults)
    assert any("has no row 10 of data/train-0.parquet" in fault for fault in proof.faults)


def test_only_the_training_files_of_a_set_are_read_packed_ones_too(lake, hub):
    known = KNOWN_SETS["hh-rlhf"]
    row = {side: f"\n\nHuman: Who?\n\nAssistant: {side}" for side in ("chosen", "rejected")}
    packed = gzip.compress(json.dumps(row).encode())
    names = ("harmless-base/train", "harmless-base/test", "helpful-base/train", "red-team-attempts/train")
    pushed(hub, known, {f"{name}.jsonl.gz": packed for name in names})
    report = imported(lake, "hh-rlhf", None)
    assert list(report.file_rows) == ["harmless-base/train.jsonl.gz", "helpful-base/train.jsonl.gz"]
    assert report.dropped == {"duplicate": 1}


def test_what_is_not_there_is_named_with_the_next_step(lake, hub):
    with pytest.raises(HubAccessError, match=CAPYBARA.repo):
        open_source(lake, CAPYBARA, None, None)
    pushed(hub, CAPYBARA, {"train.jsonl": b"{}"})
    with pytest.raises(SettingsError, match=r"none of the files data/train-\*\.parquet.*--path"):
        open_source(lake, CAPYBARA, None, None)


def test_a_hub_that_breaks_off_leaves_nothing_and_the_same_import_goes_through_later(lake, hub):
    pushed(hub, CAPYBARA, {"data/train-0.parquet": parquet(recorded_rows("capybara"))})
    hub.fail("GET", "/resolve/", status=503, times=50)
    with pytest.raises(HubUnavailableError):
        imported(lake, "capybara", None)
    assert list(read_imported(lake)) == []
    hub.faults.clear()
    assert imported(lake, "capybara", None).added == 3


def test_a_set_whose_rows_stand_on_the_branch_of_converted_files_is_read_from_there(lake, hub):
    known = KNOWN_SETS["summarize-from-feedback"]
    rows = [case | {"info": case["info"] | {"id": "x"}} for case in recorded_rows(known.name)]
    repository = hub.repositories.setdefault(known.repo, Repository(known.repo))
    commit = repository.commit({"comparisons/train/0000.parquet": parquet(rows), "axis/test/0000.parquet": b""})
    repository.tags["refs/convert/parquet"] = commit
    report = imported(lake, known.name, None)
    assert (report.revision, report.rows) == (commit, len(rows))
    assert list(report.file_rows) == ["comparisons/train/0000.parquet"]
