"""The champion of a repository is its newest move, of which there is one a number, whoever races for it."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest

from ownvoice.answering.model_name import ModelName
from ownvoice.errors import DamagedError
from ownvoice.pages.trainings import champions_among
from ownvoice.publishing.champion import (
    Move,
    champion_of,
    kept_for_roll_back,
    moves_of,
    record_move,
    record_revision,
    repositories,
)
from ownvoice.retention.places import known_as
from ownvoice.storage.layout import champion_key
from ownvoice.storage.run_keys import RunKeys
from ownvoice.storage.stores import ObjectStore

REPOSITORY_ID = "ann/voice"


def move(number, run_id, repo_id=REPOSITORY_ID):
    at = dt.datetime(2026, 11, 28, number % 24, tzinfo=dt.UTC)
    return Move(number=number, repo_id=repo_id, run_id=run_id, revision="c0ffee", how="promoted", because="", at=at)


def moved(lake, *run_ids, repo_id=REPOSITORY_ID):
    for number, run_id in enumerate(run_ids, 1):
        assert record_move(lake, move(number, run_id, repo_id))


def test_a_repository_without_a_move_has_no_champion(lake):
    assert champion_of(lake, REPOSITORY_ID) is None
    assert repositories(lake) == []


def test_the_newest_move_makes_the_champion_and_all_are_kept_as_its_history(lake):
    moved(lake, "run-1", "run-2", "run-1")
    assert champion_of(lake, REPOSITORY_ID).run_id == "run-1"
    assert [(one.number, one.run_id) for one in moves_of(lake, REPOSITORY_ID, [])] == [
        (3, "run-1"),
        (2, "run-2"),
        (1, "run-1"),
    ]


def test_repositories_whose_names_begin_alike_have_champions_of_their_own(lake):
    moved(lake, "run-1")
    moved(lake, "run-2", "run-3", repo_id="ann/voice-2")
    assert champion_of(lake, REPOSITORY_ID).run_id == "run-1"
    assert repositories(lake) == ["ann/voice", "ann/voice-2"]
    assert kept_for_roll_back(lake) == {"run-1", "run-2", "run-3"}


def test_repositories_that_differ_in_capitals_alone_are_one_as_on_the_hub(lake):
    moved(lake, "run-1", repo_id="Ann/Voice")
    assert record_move(lake, move(2, "run-2", "ann/voice"))
    assert not record_move(lake, move(2, "run-3", "ANN/voice"))
    assert champion_of(lake, "Ann/VOICE").run_id == "run-2"
    assert repositories(lake) == ["ann/voice"]
    assert champions_among(list(moves_of(lake, "Ann/Voice", []))) == {"run-2"}


def test_a_move_that_was_recorded_under_capitals_counts(lake):
    lake.store.write("champions/Ann/Voice/00000001.json", move(1, "run-1", "Ann/Voice").model_dump_json().encode())
    assert champion_of(lake, "ann/voice").run_id == "run-1"
    assert record_revision(lake, champion_of(lake, "ann/voice"), "beef") == champion_of(lake, "ann/voice")
    assert [one.number for one in moves_of(lake, "ann/voice", [])] == [1]


def test_of_many_that_were_judged_against_the_same_champion_one_wins(lake):
    moved(lake, "run-0")
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda n: record_move(lake, move(2, f"run-{n}")), range(1, 9)))
    assert won.count(True) == 1
    assert champion_of(lake, REPOSITORY_ID).run_id == f"run-{won.index(True) + 1}"


def test_where_a_store_grants_a_number_twice_the_move_that_stays_counts(lake, monkeypatch):
    other = move(1, "run-2")

    def overwritten(store, key, data):
        store.write(key, data)
        store.write(key, other.model_dump_json().encode())
        return True

    monkeypatch.setattr(ObjectStore, "create", overwritten)
    assert not record_move(lake, move(1, "run-1"))
    assert champion_of(lake, REPOSITORY_ID) == other


@pytest.mark.parametrize("stored", [b"", b"{", b"[]", b'{"number": 2}'])
def test_a_damaged_move_is_named_with_its_remedy_and_hides_no_other(lake, stored):
    moved(lake, "run-1", "run-2")
    lake.store.write(champion_key(REPOSITORY_ID, 2), stored)
    with pytest.raises(DamagedError, match="the champion before it then counts"):
        champion_of(lake, REPOSITORY_ID)
    faults = []
    assert [one.run_id for one in moves_of(lake, REPOSITORY_ID, faults)] == ["run-1"]
    assert len(faults) == 1
    assert kept_for_roll_back(lake) is None


def test_what_is_no_move_among_them_is_passed_over(lake):
    moved(lake, "run-1")
    lake.store.write("champions/ann/voice/notes.txt", b"by hand")
    assert champion_of(lake, REPOSITORY_ID).run_id == "run-1"
    assert known_as("champions/ann/voice/notes.txt") is None
    assert known_as(champion_key(REPOSITORY_ID, 1)).place == "records"


def test_a_champion_is_named_as_a_job_of_answers_names_it():
    assert ModelName.parse(move(1, "refresh/run-1").model_name).place == RunKeys("refresh/run-1").merged
