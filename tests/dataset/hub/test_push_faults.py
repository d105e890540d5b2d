"""A push that is disturbed: faults of the Hub, a second writer, a kill, and what the Hub does not take."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from ownvoice.config.settings import HubDataset
from ownvoice.dataset.hub.record import last_push
from ownvoice.errors import HubAccessError, HubUnavailableError, SettingsError, StorageError
from stand_ins.hub import READER
from stand_ins.hub_dataset import commit_requests, committed_pairs, pushed_pairs, shards, tree

KILLED = """
import os, signal, sys
from huggingface_hub import HfApi
from ownvoice.dataset.hub.push import push_to_hub
from ownvoice.storage.hub import hub_client, token_from_environment
from ownvoice.storage.lake import Lake
from ownvoice.config.settings import HubDataset

HfApi.create_commit = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
push_to_hub(Lake(sys.argv[1]), hub_client(token_from_environment()), HubDataset("ann/pairs"))
"""


FAULTS = [
    ("POST", "/commit/", {"status": 412}, "changed while it was published"),
    ("POST", "/commit/", {"status": 429, "headers": {"Retry_After": "300"}}, "again in 300 seconds"),
    ("POST", "/commit/", {"status": 500}, "a fault of its own"),
    ("POST", "/commit/", {"drop": True}, "broke off"),
    ("PUT", "/lfs/", {"status": 500, "times": 99}, "a fault of its own"),
    ("PUT", "/lfs/", {"drop": True, "times": 99}, "broke off"),
    ("GET", "/tree/", {"status": 503, "times": 99}, "a fault of its own"),
    ("POST", "/validate-yaml", {"status": 502, "times": 99}, "could not be read"),
]


@pytest.mark.parametrize(("method", "path", "fault", "words"), FAULTS)
def test_a_fault_has_a_name_leaves_nothing_half_and_the_next_push_finishes(
    nights, lake, hub, push, method, path, fault, words
):
    first = push()
    before = dict(tree(hub))
    nights.write("c")
    nights.pass_by(2)
    hub.fail(method, path, **fault)
    with pytest.raises(HubUnavailableError, match=words):
        push()
    assert tree(hub) == before
    assert last_push(lake, "ann/pairs") == first
    hub.faults.clear()
    sent = len(hub.objects)
    assert push().version == 2
    assert pushed_pairs(hub) == committed_pairs(lake)
    assert path != "/commit/" or len(hub.objects) == sent, "what was sent is not sent again"


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("/lfs/", {"status": 500}),
        ("/lfs/", {"drop": True}),
        ("/lfs/", {"status": 429, "headers": {"Retry_After": "2"}}),
    ],
    ids=["500", "dropped in mid-upload", "429"],
)
def test_a_fault_that_the_client_outlasts_costs_nothing(nights, lake, hub, push, path, fault):
    hub.fail("PUT", path, **fault)
    push()
    assert pushed_pairs(hub) == committed_pairs(lake)
    assert commit_requests(hub) == 1


def test_what_a_second_writer_commits_in_between_is_not_overwritten_unseen(nights, lake, hub, push):
    push()
    nights.write("c")
    nights.pass_by(2)
    repository = hub.repositories["ann/pairs"]
    advance = repository.advance

    def advance_after_another(*commit):
        repository.advance = advance
        repository.branches["main"] = repository.commit(repository.main | {"LICENSE": b"by another"})
        return advance(*commit)

    repository.advance = advance_after_another
    with pytest.raises(HubUnavailableError, match="changed while"):
        push()
    push()
    assert tree(hub)["LICENSE"] == b"by another"
    assert pushed_pairs(hub) == committed_pairs(lake)


def test_a_commit_whose_answer_was_lost_is_found_again_and_not_made_twice(nights, lake, hub, push):
    push()
    nights.write("c")
    nights.pass_by(2)
    hub.fail("POST", "/commit/", lost=True)
    with pytest.raises(HubUnavailableError, match="broke off"):
        push()
    assert pushed_pairs(hub) == committed_pairs(lake)
    assert push().revision == hub.repositories["ann/pairs"].branches["main"]
    assert commit_requests(hub) == 2


def test_a_push_that_is_killed_leaves_nothing_half_and_the_next_one_completes_it(nights, lake, hub, push):
    push()
    before = dict(tree(hub))
    nights.write("c")
    nights.pass_by(2)
    killed = subprocess.run([sys.executable, "-c", KILLED, lake.uri], timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert tree(hub) == before
    sent = len(hub.objects)
    assert sent > len(shards(hub)), "it was killed in the middle"
    push()
    assert pushed_pairs(hub) == committed_pairs(lake)
    assert len(hub.objects) == sent


def test_a_token_without_write_access_and_none_at_all_are_refused_in_a_sentence(nights, hub, push, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", READER)
    with pytest.raises(HubAccessError, match=r"refuses to write to ann/pairs \(403\)") as caught:
        push()
    assert READER not in str(caught.value)
    monkeypatch.delenv("HF_TOKEN")
    with pytest.raises(SettingsError, match="set HF_TOKEN"):
        push()


def test_a_card_that_the_hub_does_not_take_is_refused_with_its_reason(nights, hub, push):
    reason = {"errors": [{"message": '"license" must be one of [mit, ...]'}], "warnings": []}
    hub.fail("POST", "/validate-yaml", status=400, body=reason)
    with pytest.raises(HubAccessError, match=r'card of ann/pairs: - "license" must be one of .*in the settings'):
        push()


def test_a_name_that_the_hub_does_not_know_as_one_is_refused(nights, push):
    with pytest.raises(SettingsError, match=r"'ann/pa--irs' is no name of a repository"):
        push(HubDataset("ann/pa--irs"))


def test_without_a_version_nothing_is_asked_of_the_hub(hub, push):
    with pytest.raises(StorageError, match="holds no dataset version"):
        push()
    assert hub.requests == []
