"""Lineage by the command line, after two trainings of one version."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from typer.testing import CliRunner

from ownvoice.cli.main import app
from ownvoice.errors import SettingsError, StorageError
from ownvoice.publishing.champion import Move, record_commit, record_move
from ownvoice.storage.versions import latest_version
from ownvoice.training.planning.plan import new_pairs_since_last_training
from ownvoice.training.results.publication import Publication, write_publication
from ownvoice.training.results.report import write_training_report
from stand_ins.pair_lake import commit_pairs, pair

REVISION = "1234567890" * 4


@pytest.fixture
def two_trainings(trained, lake):
    for run_id, kind in (("run-1", "good"), ("run-2", "block")):
        run = trained(run_id, kind)
        if kind == "good":
            write_publication(lake, run, Publication("ann/voice", REVISION, run_id))
        write_training_report(lake, run_id, dt.date(2026, 2, 2))
    return lake


def asked(lake, *options):
    return CliRunner().invoke(app, ["lineage", "--lake", lake.uri, *options])


def test_from_a_model_to_all_that_it_was_made_from(two_trainings):
    found = json.loads(asked(two_trainings, "--model", REVISION[:12], "--json").stdout)
    assert (found["run_id"], found["dataset_version"], found["refresh"]) == ("run-1", 1, "a-night")
    assert found["digest"] == latest_version(two_trainings).digest
    assert found["base"]["commit"]
    assert found["image"].startswith("registry.example/trainer@")
    assert "ann/voice at 1234567890" in asked(two_trainings, "--model", "run-1").stdout


def test_a_commit_of_the_champions_branch_leads_to_its_model_and_no_other_does(two_trainings):
    fields = {"revision": REVISION, "how": "promoted", "because": "", "at": dt.datetime(2026, 2, 3, tzinfo=dt.UTC)}
    move = Move(number=1, repo_id="ann/voice", run_id="run-1", **fields)
    record_move(two_trainings, move)
    record_commit(two_trainings, move, "abcdef0123" * 4)
    for named in ("abcdef0123" * 4, "abcdef0"):
        assert json.loads(asked(two_trainings, "--model", named, "--json").stdout)["run_id"] == "run-1"
    for other in ("abcdef", "bcdef01"):
        with pytest.raises(StorageError, match=f"made '{other}'"):
            raise asked(two_trainings, "--model", other).exception


def test_from_a_version_to_all_models_that_used_it(two_trainings):
    shown = asked(two_trainings, "--version", "1").stdout
    assert "run-1: pass, ann/voice at 123456789012" in shown
    assert "run-2: block, not published" in shown


def test_a_version_tells_how_many_rejected_answers_people_edited_or_wrote(lake):
    sources = [None, "edited", "edited", "human"]
    rows = [pair(100 + number, "train") | {"rejected_source": one} for number, one in enumerate(sources)]
    shown = asked(lake, "--version", str(commit_pairs(lake, rows))).stdout
    assert "2 pairs with a rejected answer that people edited\n" in shown
    assert "1 pairs with a rejected answer that people wrote\n" in shown


def test_from_either_side_it_is_told_when_a_model_was_the_champion(two_trainings):
    at = dt.datetime(2026, 2, 3, tzinfo=dt.UTC)
    for number, (run_id, over) in enumerate([("run-1", None), ("run-9", "run-1"), ("run-1", "run-9")], 1):
        how = "rolled back" if number == 3 else "promoted"
        fields = {"revision": REVISION, "over": over, "how": how, "because": "", "at": at}
        record_move(two_trainings, Move(number=number, repo_id="ann/voice", run_id=run_id, **fields))
    shown = asked(two_trainings, "--model", "run-1").stdout
    assert "champion   run-1: ann/voice 3, rolled back 2026-02-03 00:00 UTC, over run-9" in shown
    assert "champion   run-1: ann/voice 1, promoted" in shown
    assert "run-9: ann/voice 2" not in shown
    of_version = json.loads(asked(two_trainings, "--version", "1", "--json").stdout)
    assert [one["number"] for one in of_version["champions"]] == [3, 1]
    assert "champion" not in asked(two_trainings, "--model", "run-2").stdout


def test_a_model_that_nobody_made_and_a_question_without_a_name_are_refused(two_trainings):
    assert isinstance(asked(two_trainings, "--model", "ffffffff").exception, StorageError)
    assert isinstance(asked(two_trainings).exception, SettingsError)
    assert isinstance(asked(two_trainings, "--model", "run-1", "--version", "1").exception, SettingsError)


def test_a_report_written_again_is_the_same_row(two_trainings):
    write_training_report(two_trainings, "run-1", dt.date(2026, 2, 2))
    shown = asked(two_trainings, "--version", "1").stdout
    assert shown.count("run-1") == 1


def test_pairs_are_new_until_a_training_has_seen_them(trained, lake):
    assert new_pairs_since_last_training(lake) == latest_version(lake).pairs
    trained("run-1", "block")
    write_training_report(lake, "run-1", dt.date(2026, 2, 2))
    assert new_pairs_since_last_training(lake) == 0


def test_a_run_that_never_was_planned_leaves_no_report(lake):
    with pytest.raises(StorageError, match="no training has that name"):
        write_training_report(lake, "run-9", dt.date(2026, 2, 2))
