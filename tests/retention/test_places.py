"""Every key of a lake is known for what it is, and none that somebody else put there."""

from __future__ import annotations

import inspect

import pytest

from ownvoice.retention.places import EXPLORED, RECORDS, known_as
from ownvoice.storage.explored_keys import explored_key
from ownvoice.storage.feedback_keys import FEEDBACK_SALT, FeedbackKeys, withdrawn_key
from ownvoice.storage.import_keys import contradictions_key, import_report_key
from ownvoice.storage.layout import champion_commit_key, identity_key
from ownvoice.storage.review_keys import ReviewKeys
from ownvoice.storage.run_keys import STAGES, RunKeys


@pytest.mark.parametrize(
    "key",
    [
        "notes.txt",
        "originals/README",
        "runs/a-run/notes.txt",
        "runs/stray.json",
        "models/base/model.safetensors",
        "tables/pairs/notes.parquet",
        "tables/others/part-1.parquet",
        "tables/pairs/refresh_date=2026-02-01/extra/part-1.parquet",
        "tables/pairs/_delta_log/backup.json",
        "answers/../originals",
        "answers/0f/1.json.bak",
        "lease/a.json",
        "logs/dag_id=refresh_preferences/attempt=1.log",
    ],
)
def test_what_somebody_else_put_there_is_unknown(key):
    assert known_as(key) is None


def test_the_record_of_a_commit_of_champions_is_known_and_a_note_beside_it_is_not():
    assert known_as(champion_commit_key("ann/voice", "0123456789abcdef")).place == RECORDS
    assert known_as(champion_commit_key("ann/voice", "notes")) is None


def test_the_report_of_an_import_and_what_it_contradicts_are_records():
    for key in (import_report_key("capybara@0f"), contradictions_key("hh-rlhf@sha256-0f")):
        assert known_as(key).place == RECORDS
    assert known_as("imports/capybara@0f/rows.csv") is None


def test_what_was_explored_is_known():
    assert known_as(explored_key(3)).place == EXPLORED


def keys_of(keys):
    """Return every key that the keys of a run give: their attributes, and what each method makes of some words."""
    words = {"str": "b", "int": 4}  # a choice of words has "json"
    made = [value for name, value in vars(keys).items() if name != "name"]
    for name, method in inspect.getmembers(keys, inspect.ismethod):
        if not name.startswith("_") and name not in ("stage", "staged"):
            asked = inspect.signature(method).parameters.values()
            made.append(method(*(words.get(one.annotation, "json") for one in asked)))
    return {key for one in made for key in ([one] if isinstance(one, str) else vars(one).values())}


def test_every_key_of_a_run_is_known_with_its_run():
    keys = RunKeys("refresh/scheduled__2026-04-01")
    files = {key for key in keys_of(keys) if key.startswith(f"{keys.folder}/")}
    files |= {keys.staged(stage, "b", "pairs") for stage in STAGES} | {f"{keys.checkpoint(4)}/model.bin"}
    assert len(files) > 50
    found = {key: known_as(key) for key in files}
    assert [key for key, known in found.items() if known is None] == []
    assert {one.run for one in found.values() if one} == {keys.name}


def test_what_people_answered_and_decided_is_a_record_and_what_else_lies_there_is_not_known():
    keys = ReviewKeys("review_pairs/one")
    for key in (keys.round, keys.sample, keys.closed, keys.decisions, keys.answer("ann", "item", 2)):
        assert known_as(key).place == RECORDS
    assert known_as(f"{keys.answers}/notes.txt") is None


def test_rounds_of_feedback_and_identity_pairs_are_records():
    keys = FeedbackKeys(7)
    files = [keys.round, keys.decision, keys.applied, keys.events("0a"), keys.rows("0a"), keys.fates("0a")]
    for key in (*files, FEEDBACK_SALT, withdrawn_key("0a"), identity_key("0a")):
        assert known_as(key).place == RECORDS
    assert known_as(f"{keys.folder}/notes.txt") is None
