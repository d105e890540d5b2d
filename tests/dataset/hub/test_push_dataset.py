"""Pushing over the real client against the stand-in Hub: one commit a night, of what the night changed."""

from __future__ import annotations

import io

import pyarrow.parquet as pq
import pytest

from ownvoice.dataset.hub.record import last_push, pushes_of_version
from ownvoice.dataset.hub.shards import shards_of, write_shards
from ownvoice.storage.lake import scan
from ownvoice.storage.versions import latest_version
from stand_ins.hub_dataset import commit_requests, committed_pairs, pushed_pairs, rows, shards, tree


def test_a_version_becomes_one_commit_with_all_its_pairs_and_a_card(nights, lake, hub, push):
    pushed = push()
    repository = hub.repositories["ann/pairs"]
    assert repository.private
    assert commit_requests(hub) == 1
    assert pushed.revision == repository.branches["main"]
    assert pushed_pairs(hub) == committed_pairs(lake) != {}
    assert tree(hub)["README.md"].startswith(b"---\n")


def test_provenance_holds_no_text_and_data_holds_nothing_else(nights, hub, push):
    push()
    assert {name for row in rows(hub, "data/") for name in row} == {"pair_id", "prompt", "chosen", "rejected"}
    assert not {name for row in rows(hub, "provenance/") for name in row} & {"prompt", "chosen", "rejected"}


def test_repeated_it_commits_and_sends_nothing(nights, hub, push):
    first = push()
    sent = len(hub.objects)
    assert push() == first
    assert (commit_requests(hub), len(hub.objects)) == (1, sent)


def test_repeated_without_a_record_of_the_first_time_it_still_commits_nothing(nights, lake, hub, push):
    first = push()
    lake.store.delete("hub/ann/pairs/00000001.json")
    assert push() == first
    assert commit_requests(hub) == 1
    assert hub.count("PUT /lfs/") == len(shards(hub))


def test_a_new_night_is_new_files_and_old_ones_stay_as_they_are(nights, lake, hub, push):
    push()
    before = shards(hub)
    nights.write("c")
    nights.pass_by(2)
    push()
    assert before.items() < shards(hub).items()
    assert all("-2026-02-02-" in path for path in shards(hub).keys() - before.keys())
    assert commit_requests(hub) == 2
    assert hub.count("PUT /lfs/") == len(shards(hub))
    assert pushed_pairs(hub) == committed_pairs(lake)


def test_two_nights_of_one_date_do_not_share_a_file(nights, lake, hub, push):
    push()
    before = shards(hub)
    nights.write("c")
    nights.run("another of that day")
    push()
    assert before.items() < shards(hub).items()
    assert pushed_pairs(hub) == committed_pairs(lake)


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
    assert pushed_pairs(hub) == committed_pairs(lake)


def test_a_file_whose_last_row_goes_goes_too(nights, lake, hub, push):
    nights.write("c")
    nights.pass_by(2)
    push()
    nights.remove("c")
    nights.pass_by(3)
    push()
    assert not any("-2026-02-02-" in path for path in tree(hub))
    assert pushed_pairs(hub) == committed_pairs(lake)


def test_an_edited_article_moves_from_its_old_file_to_the_new_night(nights, lake, hub, push):
    push()
    nights.edit("a", "This sentence is new tonight, and it stays for good, I hope.")
    nights.pass_by(2)
    push()
    assert pushed_pairs(hub) == committed_pairs(lake)
    dates = {row["article_id"]: str(row["refresh_date"]) for row in rows(hub, "provenance/")}
    assert dates == {"a": "2026-02-02", "b": "2026-02-01"}


def test_nights_that_were_not_pushed_come_along_with_the_next(nights, lake, hub, push):
    push()
    for number, name in ((2, "c"), (3, "d")):
        nights.write(name)
        nights.pass_by(number)
    push()
    assert commit_requests(hub) == 2
    assert pushed_pairs(hub) == committed_pairs(lake)


def test_what_its_owner_put_there_stays_and_what_somebody_broke_is_mended(nights, lake, hub, push):
    push()
    repository = hub.repositories["ann/pairs"]
    path = sorted(shards(hub))[0]
    repository.branches["main"] = repository.commit(repository.main | {path: b"broken", "LICENSE": b"by hand"})
    push()
    assert tree(hub)["LICENSE"] == b"by hand"
    assert pushed_pairs(hub) == committed_pairs(lake)
    assert commit_requests(hub) == 2


def test_a_compacted_table_is_no_new_version_and_changes_no_file(nights, lake, hub, push):
    nights.write("c")
    nights.run("another of that day")
    first = push()
    lake.table_for_writing("pairs").optimize.compact()
    lake.store.delete(f"hub/ann/pairs/{first.version:08}.json")
    assert push() == first
    assert commit_requests(hub) == 1


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


def test_a_large_night_is_cut_into_parts_and_an_article_stands_in_one(nights, lake, hub, push, monkeypatch):
    monkeypatch.setattr("ownvoice.dataset.hub.shards._PAIRS_PER_PART", 3)
    nights.write("c", "d", "e")
    nights.pass_by(2)
    push()
    before = shards(hub)
    assert sum("-of-00001" not in path for path in before) > 4
    assert pushed_pairs(hub) == committed_pairs(lake)
    nights.remove("d")
    nights.pass_by(3)
    push()
    assert pushed_pairs(hub) == committed_pairs(lake)
    changed = {path for path, data in before.items() if shards(hub).get(path) != data}
    assert len(changed) == 2, "one file of data, one of provenance"


def test_files_are_sent_a_few_at_a_time_and_committed_together(nights, lake, hub, push, monkeypatch):
    monkeypatch.setattr("ownvoice.dataset.hub.push._SENT_AT_ONCE_FILES", 1)
    push()
    assert hub.count("POST .*/preupload/") > len(shards(hub)) - 1 > 0
    assert commit_requests(hub) == 1
    assert pushed_pairs(hub) == committed_pairs(lake)


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
