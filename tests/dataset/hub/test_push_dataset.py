"""Pushing over the real client against the stand-in Hub: one commit a night, of what the night changed."""

from __future__ import annotations

import io
import signal
import subprocess
import sys

import pyarrow.parquet as pq
import pytest

from ownvoice.config.settings import HubDataset
from ownvoice.dataset.hub.record import last_push, pushes_of_version
from ownvoice.dataset.hub.shards import shards_of, write_shards
from ownvoice.errors import HubAccessError, HubUnavailableError, SettingsError, StorageError
from ownvoice.storage.lake import scan
from ownvoice.storage.versions import latest_version
from stand_ins.hub import READER


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    """The client waits between its own retries; nothing here needs it to."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)


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


def tree(hub):
    return hub.repositories["ann/pairs"].main


def shards(hub):
    return {path: data for path, data in tree(hub).items() if path.endswith(".parquet")}


def rows(hub, folder):
    return [
        row
        for path, data in sorted(shards(hub).items())
        if path.startswith(folder)
        for row in pq.read_table(io.BytesIO(data)).to_pylist()
    ]


def committed(lake):
    table = lake.table("pairs", latest_version(lake).number)
    return {row["pair_id"]: row for batch in scan(table) for row in batch.to_pylist()}


def whole(hub):
    """Return the pairs as they stand on the Hub, put together from both folders."""
    texts = {row["pair_id"]: row for row in rows(hub, "data/")}
    return {row["pair_id"]: row | texts[row["pair_id"]] for row in rows(hub, "provenance/")}


def commits(hub):
    return hub.count("POST .*/commit/main")


def test_a_version_becomes_one_commit_with_all_its_pairs_and_a_card(nights, lake, hub, push):
    pushed = push()
    repository = hub.repositories["ann/pairs"]
    assert repository.private
    assert commits(hub) == 1
    assert pushed.revision == repository.branches["main"]
    assert whole(hub) == committed(lake) != {}
    assert tree(hub)["README.md"].startswith(b"---\n")


def test_provenance_holds_no_text_and_data_holds_nothing_else(nights, hub, push):
    push()
    assert {name for row in rows(hub, "data/") for name in row} == {"pair_id", "prompt", "chosen", "rejected"}
    assert not {name for row in rows(hub, "provenance/") for name in row} & {"prompt", "chosen", "rejected"}


def test_repeated_it_commits_and_sends_nothing(nights, hub, push):
    first = push()
    sent = len(hub.objects)
    assert push() == first
    assert (commits(hub), len(hub.objects)) == (1, sent)


def test_repeated_without_a_record_of_the_first_time_it_still_commits_nothing(nights, lake, hub, push):
    first = push()
    lake.store.delete("hub/ann/pairs/00000001.json")
    assert push() == first
    assert commits(hub) == 1
    assert hub.count("PUT /lfs/") == len(shards(hub))


def test_a_new_night_is_new_files_and_old_ones_stay_as_they_are(nights, lake, hub, push):
    push()
    before = shards(hub)
    nights.write("c")
    nights.pass_by(2)
    push()
    assert before.items() < shards(hub).items()
    assert all("-2026-02-02-" in path for path in shards(hub).keys() - before.keys())
    assert commits(hub) == 2
    assert hub.count("PUT /lfs/") == len(shards(hub))
    assert whole(hub) == committed(lake)


def test_two_nights_of_one_date_do_not_share_a_file(nights, lake, hub, push):
    push()
    before = shards(hub)
    nights.write("c")
    nights.run("another of that day")
    push()
    assert before.items() < shards(hub).items()
    assert whole(hub) == committed(lake)


def test_a_takedown_rewrites_exactly_the_files_that_held_the_rows(nights, lake, hub, push):
    nights.write("c", "d")
    nights.pass_by(2)
    push()
    before = shards(hub)
    nights.remove("c")
    nights.pass_by(3)
    push()
    changed = {path for path, data in before.items() if shards(hub).get(path) != data}
    assert changed
    assert all("-2026-02-02-" in path for path in changed)
    assert not any(row["article_id"] == "c" for row in rows(hub, "provenance/"))
    assert whole(hub) == committed(lake)


def test_a_file_whose_last_row_goes_goes_too(nights, lake, hub, push):
    nights.write("c")
    nights.pass_by(2)
    push()
    nights.remove("c")
    nights.pass_by(3)
    push()
    assert not any("-2026-02-02-" in path for path in tree(hub))
    assert whole(hub) == committed(lake)


def test_an_edited_article_moves_from_its_old_file_to_the_new_night(nights, lake, hub, push):
    push()
    nights.edit("a", "This sentence is new tonight, and it stays for good, I hope.")
    nights.pass_by(2)
    push()
    assert whole(hub) == committed(lake)
    dates = {row["article_id"]: str(row["refresh_date"]) for row in rows(hub, "provenance/")}
    assert dates == {"a": "2026-02-02", "b": "2026-02-01"}


def test_nights_that_were_not_pushed_come_along_with_the_next(nights, lake, hub, push):
    push()
    for number, name in ((2, "c"), (3, "d")):
        nights.write(name)
        nights.pass_by(number)
    push()
    assert commits(hub) == 2
    assert whole(hub) == committed(lake)


def test_what_its_owner_put_there_stays_and_what_somebody_broke_is_mended(nights, lake, hub, push):
    push()
    repository = hub.repositories["ann/pairs"]
    path = sorted(shards(hub))[0]
    repository.branches["main"] = repository.commit(repository.main | {path: b"broken", "LICENSE": b"by hand"})
    push()
    assert tree(hub)["LICENSE"] == b"by hand"
    assert whole(hub) == committed(lake)
    assert commits(hub) == 2


def test_a_compacted_table_is_no_new_version_and_changes_no_file(nights, lake, hub, push):
    nights.write("c")
    nights.run("another of that day")
    first = push()
    lake.table_for_writing("pairs").optimize.compact()
    lake.store.delete(f"hub/ann/pairs/{first.version:08}.json")
    assert push() == first
    assert commits(hub) == 1


def test_the_lake_says_under_which_commit_a_version_stands(nights, lake, hub, push):
    first = push()
    nights.write("c")
    nights.pass_by(2)
    second = push()
    assert pushes_of_version(lake, 1) == [first]
    assert pushes_of_version(lake, 2) == [second]
    assert pushes_of_version(lake, 3) == []
    assert last_push(lake, "ann/pairs") == second
    assert last_push(lake, "ann/others") is None


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
    assert whole(hub) == committed(lake)
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
    assert whole(hub) == committed(lake)
    assert commits(hub) == 1


def test_what_a_second_writer_commits_in_between_is_not_overwritten_unseen(nights, lake, hub, push):
    push()
    nights.write("c")
    nights.pass_by(2)
    repository = hub.repositories["ann/pairs"]
    advance = repository.advance

    def advance_after_another(lines, objects):
        repository.advance = advance
        repository.branches["main"] = repository.commit(repository.main | {"LICENSE": b"by another"})
        return advance(lines, objects)

    repository.advance = advance_after_another
    with pytest.raises(HubUnavailableError, match="changed while"):
        push()
    push()
    assert tree(hub)["LICENSE"] == b"by another"
    assert whole(hub) == committed(lake)


def test_a_commit_whose_answer_was_lost_is_found_again_and_not_made_twice(nights, lake, hub, push):
    push()
    nights.write("c")
    nights.pass_by(2)
    hub.fail("POST", "/commit/", lost=True)
    with pytest.raises(HubUnavailableError, match="broke off"):
        push()
    assert whole(hub) == committed(lake)
    assert push().revision == hub.repositories["ann/pairs"].branches["main"]
    assert commits(hub) == 2


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
    assert whole(hub) == committed(lake)
    assert len(hub.objects) == sent


def test_a_large_night_is_cut_into_parts_and_an_article_stands_in_one(nights, lake, hub, push, monkeypatch):
    monkeypatch.setattr("ownvoice.dataset.hub.shards._PAIRS_PER_PART", 3)
    nights.write("c", "d", "e")
    nights.pass_by(2)
    push()
    before = shards(hub)
    assert sum("-of-00001" not in path for path in before) > 4
    assert whole(hub) == committed(lake)
    nights.remove("d")
    nights.pass_by(3)
    push()
    assert whole(hub) == committed(lake)
    changed = {path for path, data in before.items() if shards(hub).get(path) != data}
    assert len(changed) == 2, "one file of data, one of provenance"


def test_files_are_sent_a_few_at_a_time_and_committed_together(nights, lake, hub, push, monkeypatch):
    monkeypatch.setattr("ownvoice.dataset.hub.push._SENT_AT_ONCE_FILES", 1)
    push()
    assert hub.count("POST .*/preupload/") > len(shards(hub)) - 1 > 0
    assert commits(hub) == 1
    assert whole(hub) == committed(lake)


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


def test_a_large_night_is_read_once_however_many_its_parts(nights, lake, tmp_path, monkeypatch):
    monkeypatch.setattr("ownvoice.dataset.hub.shards._PAIRS_PER_PART", 1)
    reads = []

    def counted(*asked, **how):
        reads.append(asked[1:])
        return scan(*asked, **how)

    night = max(shards_of(lake, latest_version(lake)), key=len)
    monkeypatch.setattr("ownvoice.dataset.hub.shards.scan", counted)
    (tmp_path / "written").mkdir()
    files = dict(write_shards(lake.table("pairs"), night, tmp_path / "written"))
    assert len(night) > 4
    assert len(reads) == 1
    assert len(files) > 2
    assert sorted((tmp_path / "written").iterdir()) == sorted(files.values()), "nothing else is left on the disk"


@pytest.mark.parametrize("pairs_per_part", [1, 3, 50_000])
def test_the_same_rows_are_the_same_bytes_whatever_batches_the_reader_makes(
    nights, lake, tmp_path, monkeypatch, pairs_per_part
):
    monkeypatch.setattr("ownvoice.dataset.hub.shards._PAIRS_PER_PART", pairs_per_part)
    monkeypatch.setattr("ownvoice.dataset.hub.shards._ROWS_PER_GROUP", 2)
    table, version = lake.table("pairs"), latest_version(lake)

    def written(name):
        (tmp_path / name).mkdir()
        night = max(shards_of(lake, version), key=len)
        return {path: file.read_bytes() for path, file in write_shards(table, night, tmp_path / name)}

    whole_batches = written("one")
    read = scan
    monkeypatch.setattr(
        "ownvoice.dataset.hub.shards.scan",
        lambda *asked, **how: (batch.slice(row, 1) for batch in read(*asked, **how) for row in range(batch.num_rows)),
    )
    assert written("other") == whole_batches
    groups = [pq.read_metadata(io.BytesIO(data)).num_row_groups for data in whole_batches.values()]
    assert max(groups) > 1
