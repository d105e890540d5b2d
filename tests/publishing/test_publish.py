"""Publishing over the real client against the stand-in Hub: every fault ends well, or in a state with a name."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from ownvoice.errors import (
    HealthError,
    HubAccessError,
    HubMismatchError,
    HubUnavailableError,
    SettingsError,
    StorageError,
)
from ownvoice.publishing.provenance import read_block, training_rows
from ownvoice.publishing.publish import draft, publish
from ownvoice.training.results.publication import Publication
from ownvoice.training.results.training import read_training
from stand_ins.hub import READER, WRITER
from stand_ins.hub_repository import Repository

REPOSITORY_ID = "ann/voice"
SHARDS = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
PUBLISHED = {".gitattributes", "README.md", "config.json", "curves.svg", *SHARDS}


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    """The client waits between its own retries; nothing here needs it to."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)


def commits(hub):
    return hub.count("POST .*/commit/main")


def test_a_run_becomes_one_commit_that_is_merged_and_tagged(trained, lake, hub):
    trained()
    publication = publish(lake, "run-1")
    repository = hub.repositories[REPOSITORY_ID]
    assert repository.private
    assert repository.branches["main"] == repository.tags["run-1"] == publication.revision
    assert repository.main.keys() == PUBLISHED
    assert commits(hub) == 1
    assert read_training(lake, "run-1").publication == publication


def test_the_reference_adapter_and_the_checkpoints_are_never_published(trained, lake, hub):
    trained()
    publish(lake, "run-1")
    every_path = {path for tree in hub.repositories[REPOSITORY_ID].commits.values() for path in tree}
    assert every_path == PUBLISHED
    assert b"never to be published" not in hub.objects.values()


def test_published_twice_it_is_one_commit_and_each_shard_is_sent_once(trained, lake, hub):
    trained()
    assert publish(lake, "run-1") == publish(lake, "run-1")
    assert commits(hub) == 1
    assert hub.count("PUT /lfs/") == len(SHARDS)


def test_a_model_that_stands_there_unchanged_gets_its_tag_and_no_empty_commit(trained, lake, hub):
    trained()
    first = publish(lake, "run-1")
    hub.repositories[REPOSITORY_ID].tags.clear()
    assert publish(lake, "run-1") == first
    assert commits(hub) == 1


def test_the_shards_of_a_former_model_do_not_stay_beside_the_new_one(trained, lake, hub):
    trained("run-1", shards=3)
    publish(lake, "run-1")
    trained("run-2", shards=2)
    publish(lake, "run-2")
    assert hub.repositories[REPOSITORY_ID].main.keys() == PUBLISHED


def test_what_its_owner_put_there_by_hand_stays(trained, lake, hub):
    trained("run-1")
    publish(lake, "run-1")
    hub.repositories[REPOSITORY_ID].main["LICENSE"] = b"by hand"
    trained("run-2")
    publish(lake, "run-2")
    assert hub.repositories[REPOSITORY_ID].main["LICENSE"] == b"by hand"


@pytest.mark.parametrize(
    ("method", "path", "fault"),
    [
        ("PUT", "/lfs/", {"status": 500}),
        ("PUT", "/lfs/", {"drop": True}),
        ("POST", "/lfs/objects/batch", {"status": 429, "headers": {"Retry_After": "2"}}),
        ("POST", "/preupload/", {"status": 503}),
    ],
    ids=["500 for a shard", "connection dropped in a shard", "429 with Retry-After", "503 before the upload"],
)
def test_a_fault_that_the_client_outlasts_costs_nothing(trained, lake, hub, method, path, fault):
    trained()
    hub.fail(method, path, **fault)
    publish(lake, "run-1")
    assert hub.repositories[REPOSITORY_ID].main.keys() == PUBLISHED
    assert commits(hub) == 1


@pytest.mark.parametrize(
    ("method", "path", "fault", "words"),
    [
        ("POST", "/commit/", {"status": 412}, "changed while it was published"),
        ("POST", "/commit/", {"status": 429, "headers": {"Retry_After": "300"}}, "too many requests"),
        ("POST", "/commit/", {"status": 500}, "a fault of its own"),
        ("POST", "/commit/", {"drop": True}, "broke off"),
        ("POST", "/merge", {"status": 500}, "a fault of its own"),
        ("POST", "/merge", {"status": 409}, "changed while it was published"),
        ("POST", "/tag/", {"status": 502}, "a fault of its own"),
        ("PUT", "/lfs/", {"status": 500, "times": 99}, "a fault of its own"),
        ("PUT", "/lfs/", {"drop": True, "times": 99}, "broke off"),
        ("GET", "/refs", {"drop": True}, "broke off"),
    ],
)
def test_any_other_fault_has_a_name_and_the_next_try_finishes(trained, lake, hub, method, path, fault, words):
    trained()
    hub.fail(method, path, **fault)
    with pytest.raises(HubUnavailableError, match=words):
        publish(lake, "run-1")
    assert read_training(lake, "run-1").publication is None
    hub.faults.clear()
    publish(lake, "run-1")
    repository = hub.repositories[REPOSITORY_ID]
    assert repository.main.keys() == PUBLISHED
    assert repository.tags["run-1"] == repository.branches["main"]
    assert [proposal["status"] for proposal in repository.proposals].count("merged") == 1
    assert "open" not in {proposal["status"] for proposal in repository.proposals}


def test_a_model_that_another_run_published_in_between_is_not_overwritten_unseen(trained, lake, hub):
    trained("run-1")
    trained("run-2")
    hub.fail("POST", "/merge", status=500)
    with pytest.raises(HubUnavailableError):
        publish(lake, "run-1")
    publish(lake, "run-2")
    with pytest.raises(HubUnavailableError, match="changed while"):
        publish(lake, "run-1")
    publish(lake, "run-1")
    repository = hub.repositories[REPOSITORY_ID]
    assert set(repository.tags) == {"run-1", "run-2"}
    assert repository.main.keys() == PUBLISHED


def test_a_token_without_write_access_is_refused_in_one_sentence(trained, lake, hub, monkeypatch):
    trained()
    monkeypatch.setenv("HF_TOKEN", READER)
    with pytest.raises(HubAccessError, match=r"refuses to write to ann/voice \(403\)") as caught:
        publish(lake, "run-1")
    assert READER not in str(caught.value)


def test_a_gated_and_a_missing_repository_are_told_apart(trained, lake, hub):
    trained()
    hub.fail("GET", "/refs", status=403, headers={"X_Error_Code": "GatedRepo"})
    with pytest.raises(HubAccessError, match="ann/voice is gated"):
        publish(lake, "run-1")
    hub.fail("GET", "/refs", status=404, headers={"X_Error_Code": "RepoNotFound"})
    with pytest.raises(HubAccessError, match="ann/voice does not exist"):
        publish(lake, "run-1")


def test_no_token_is_named_before_anything_is_sent(trained, lake, hub, monkeypatch):
    trained()
    monkeypatch.delenv("HF_TOKEN")
    with pytest.raises(SettingsError, match="set HF_TOKEN"):
        publish(lake, "run-1")
    assert hub.requests == []


def test_a_blocked_model_is_not_published(trained, lake, hub):
    trained(kind="block")
    with pytest.raises(HealthError, match="rewards/chosen fell"):
        publish(lake, "run-1")
    assert hub.requests == []


def test_a_run_without_a_model_is_not_published(trained, lake, hub):
    run = trained()
    result = lake.read_json(run.keys.result)
    lake.write_json(run.keys.result, result | {"exit": "DIVERGED", "message": "loss is nan"})
    with pytest.raises(StorageError, match=r"it ended with DIVERGED \(loss is nan\)"):
        publish(lake, "run-1")
    with pytest.raises(StorageError, match="no training has that name"):
        publish(lake, "another-run")


def test_the_exact_training_rows_are_found_from_the_published_card_alone(trained, lake, hub):
    trained()
    publish(lake, "run-1")
    card = hub.repositories[REPOSITORY_ID].main["README.md"].decode()
    record = read_block(card)
    rows = training_rows(lake, record)
    assert len(rows) == record.rows.count == read_training(lake, "run-1").result.rows.train
    assert len(record.rows.left_out) == 1
    assert {row["split"] for row in rows} == {"train"}
    assert not {row["pair_id"] for row in rows} & set(record.rows.left_out)


def test_a_dry_run_shows_card_and_files_and_asks_the_hub_nothing(trained, lake, hub):
    trained()
    command = [
        sys.executable,
        "-m",
        "ownvoice.publishing",
        "--run",
        "run-1",
        "--lake",
        lake.uri,
        "--dry-run",
    ]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith("---\n")
    assert all(name in shown.stdout for name in PUBLISHED - {".gitattributes"})
    assert "ref/" not in shown.stdout
    assert hub.requests == []


def test_the_command_publishes_from_a_process_of_its_own_and_prints_no_key(trained, lake, hub):
    trained()
    command = [sys.executable, "-m", "ownvoice.publishing", "--run", "run-1", "--lake", lake.uri]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=dict(os.environ))
    assert done.returncode == 0, done.stderr
    assert "published: ann/voice at" in done.stdout
    assert WRITER not in done.stdout + done.stderr


def test_a_draft_holds_the_licence_that_the_settings_name_and_none_otherwise(trained, lake):
    trained()
    assert "license: llama3.1" in draft(lake, "run-1", "llama3.1").card
    assert "license" not in draft(lake, "run-1").card.partition("## Recipe")[0]


def test_a_publication_is_read_back_as_it_was_written(trained, lake, hub):
    trained()
    publish(lake, "run-1")
    stored = lake.read_json("runs/run-1/publication.json")
    assert stored.keys() == {"repo_id", "revision", "tag"}
    assert Publication(**stored).tag == "run-1"


def test_a_repository_that_holds_something_else_in_the_end_gets_no_tag(trained, lake, hub, monkeypatch):
    trained()
    merge = Repository.merge

    def merge_while_another_writes(repository, number):
        merge(repository, number)
        repository.branches["main"] = repository.commit(repository.main | {"config.json": b"{}"})

    monkeypatch.setattr(Repository, "merge", merge_while_another_writes)
    with pytest.raises(HubMismatchError, match=r"another size: config\.json"):
        publish(lake, "run-1")
    assert hub.repositories[REPOSITORY_ID].tags == {}
