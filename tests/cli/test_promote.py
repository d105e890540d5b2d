"""`ownvoice promote` from the answers in the lake to the stand-in Hub: table, move, the way back, history."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from ownvoice.cli.main import app
from ownvoice.errors import NotPromotedError, SettingsError, StorageError
from ownvoice.publishing.champion import champion_of, moves_of
from ownvoice.publishing.judging import read_outcome
from ownvoice.storage.layout import champion_key
from ownvoice.storage.run_keys import RunKeys
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.run import TrainingRun, write_training_run
from stand_ins.pair_lake import commit_pairs, small_dataset
from stand_ins.style_reports import leave_style_report, leave_unjudged
from stand_ins.trained import leave_trained_run

REPOSITORY_ID = "ann/voice"


@pytest.fixture
def lake(lake):
    assert commit_pairs(lake, small_dataset()) == 1
    for run_id in ("run-1", "run-2"):
        train(lake, run_id)
    return lake


def train(lake, run_id, **recipe):
    recipe = TrainingRecipe(**{"hub_repository": REPOSITORY_ID} | recipe)
    run = TrainingRun(run_id=run_id, lake=lake.uri, dataset_version=1, recipe=recipe)
    write_training_run(lake, run)
    leave_trained_run(lake, run, shards=1)


def asked(lake, *arguments):
    return CliRunner().invoke(app, ["promote", *arguments, "--lake", lake.uri])


def said(shown):
    """Return what was printed without its line breaks, of which each line fits a terminal."""
    assert max(len(line) for line in shown.stdout.splitlines()) <= 80, shown.stdout
    return " ".join(shown.stdout.split())


def test_the_first_champion_beats_the_base_and_the_next_one_the_champion(lake, hub):
    leave_style_report(lake, "run-1", 0.3)
    shown = asked(lake, "run-1")
    assert shown.exit_code == 0, shown.exception
    assert "against the base, since there is no champion yet" in said(shown)
    assert "champion 1 since" in said(shown)
    leave_style_report(lake, "run-2", 0.6, champion=("run:run-1", 0.3))
    shown = asked(lake, "run-2")
    assert "against the champion, run run-1" in said(shown)
    assert "run run-2, over run run-1" in said(shown)
    assert read_outcome(lake, "run-2").is_promoted


@pytest.mark.parametrize("difference", [0.0, -0.3])
def test_a_challenger_that_is_not_better_stays_in_the_lake_with_its_numbers(lake, hub, difference):
    leave_style_report(lake, "run-1", difference)
    shown = asked(lake, "run-1")
    assert isinstance(shown.exception, NotPromotedError)
    assert "style_score" in said(shown) and "failed" in said(shown) and "not promoted:" in said(shown)
    assert read_outcome(lake, "run-1").verdict == "not promoted"
    assert champion_of(lake, REPOSITORY_ID) is None
    assert hub.requests == []


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (None, "there is no style report of run run-1"),
        ({"prompts": 40}, "fewer than 50 prompts"),
        ({"articles": 9}, "fewer than 10 articles"),
    ],
)
def test_what_cannot_be_judged_is_not_promoted_and_says_what_to_do(lake, hub, left, words):
    if left:
        leave_style_report(lake, "run-1", **left)
    shown = asked(lake, "run-1")
    assert isinstance(shown.exception, NotPromotedError)
    assert words in said(shown) and "not judged" in said(shown)


def test_what_the_report_could_not_judge_is_not_promoted_for_its_reason(lake, hub):
    leave_unjudged(lake, "run-1", "the test split holds 3 articles.")
    shown = asked(lake, "run-1")
    assert isinstance(shown.exception, NotPromotedError)
    assert "the test split holds 3 articles" in said(shown)


def test_a_damaged_style_report_is_named_and_promotes_nothing(lake, hub):
    lake.store.write(RunKeys("run-1").style, b"{")
    assert "style.json is not whole" in said(asked(lake, "run-1"))


@pytest.mark.parametrize("named", [None, "run:run-9", "lake:models/other"])
def test_a_report_of_another_champion_is_not_taken_for_a_comparison_with_this_one(lake, hub, named):
    leave_style_report(lake, "run-1", 0.3)
    asked(lake, "run-1")
    leave_style_report(lake, "run-2", 0.9, champion=(named, 0.1) if named else None)
    shown = asked(lake, "run-2")
    assert isinstance(shown.exception, NotPromotedError)
    assert "no answers of the champion, run run-1" in said(shown)
    assert "ownvoice style --model run-2 --again" in said(shown)


def test_the_champion_is_known_by_the_name_and_commit_under_which_it_answered(lake, hub):
    leave_style_report(lake, "run-1", 0.3)
    asked(lake, "run-1")
    leave_style_report(lake, "run-2", 0.9, champion=(f"lake:{RunKeys('run-1').merged}@sha256:00", 0.1))
    assert asked(lake, "run-2").exit_code == 0


def test_a_dry_run_shows_the_table_and_moves_nothing(lake, hub):
    leave_style_report(lake, "run-1", 0.3)
    shown = asked(lake, "run-1", "--dry-run")
    assert shown.exit_code == 0
    assert "promoted:" in said(shown)
    assert champion_of(lake, REPOSITORY_ID) is None
    assert hub.requests == []


def test_back_to_a_former_champion_and_the_list_of_all_moves(lake, hub):
    leave_style_report(lake, "run-1", 0.3)
    asked(lake, "run-1")
    asked(lake, "run-2", "--force", "the launch is today")
    before = read_outcome(lake, "run-1")
    shown = asked(lake, "run-1", "--force", "complaints")
    assert shown.exit_code == 0, shown.exception
    assert [(one.run_id, one.how) for one in moves_of(lake, REPOSITORY_ID, [])] == [
        ("run-1", "rolled back"),
        ("run-2", "forced"),
        ("run-1", "promoted"),
    ]
    assert read_outcome(lake, "run-1") == before, "what the rule said of it then stays"
    listed = said(asked(lake))
    assert "rolled back: complaints" in listed
    assert "forced: the launch is today" in listed
    assert len(json.loads(asked(lake, "--json").stdout)["moves"]) == 3


def test_promoting_the_champion_again_changes_nothing(lake, hub):
    leave_style_report(lake, "run-1", 0.3)
    first = json.loads(asked(lake, "run-1", "--json").stdout)
    sent = hub.count("POST .*/commit/")
    assert json.loads(asked(lake, "run-1", "--json").stdout) == first
    assert hub.count("POST .*/commit/") == sent


def test_a_blocked_model_is_not_promoted_even_by_force(lake, hub):
    leave_trained_run(lake, TrainingRun.model_validate(lake.read_json(RunKeys("run-1").recipe)), "block")
    shown = asked(lake, "run-1", "--force", "please")
    assert "rewards/chosen fell" in str(shown.exception)
    assert champion_of(lake, REPOSITORY_ID) is None


def test_a_lake_without_champions_a_run_that_is_none_and_options_without_a_run_are_each_a_sentence(lake, hub):
    assert "no model was promoted yet" in said(asked(lake))
    assert isinstance(asked(lake, "run-9").exception, StorageError)
    assert isinstance(asked(lake, "--force", "because").exception, SettingsError)
    train(lake, "run-3", hub_repository=None)
    assert "names no hub_repository" in str(asked(lake, "run-3").exception)


def test_a_damaged_move_stops_a_promotion_and_not_the_list(lake, hub):
    leave_style_report(lake, "run-1", 0.3)
    asked(lake, "run-1")
    lake.store.write(champion_key(REPOSITORY_ID, 2), b"{")
    assert isinstance(asked(lake, "run-2", "--force", "because").exception, StorageError)
    listed = asked(lake).stdout
    assert "champion 1 since" in listed and "00000002.json" in listed
