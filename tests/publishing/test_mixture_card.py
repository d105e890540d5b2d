"""What a model that learnt from a mixture says of itself: card, record, lineage and report."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from typer.testing import CliRunner

from ownvoice.cli.main import app
from ownvoice.publishing.provenance import read_block, training_rows
from ownvoice.publishing.publish import draft
from ownvoice.training.planning.plan import plan_training
from ownvoice.training.planning.request import TrainingRequest
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.results.report import training_lines, write_training_report
from ownvoice.training.results.training import read_training
from ownvoice.training.run import read_training_run
from ownvoice.training.settings import TrainingSettings
from stand_ins.imported_rows import imported_row, leave_imported
from stand_ins.trained import leave_trained_run


@pytest.fixture
def mixed(lake):
    """A lake with a training on a quarter of 40 own pairs, 20 rows of a set and 15 of an identity."""
    leave_imported(lake, [imported_row(number) for number in range(20)])
    identity = {"provenance_class": "identity", "licence": "by the maker"}
    leave_imported(lake, [imported_row(number, "identity", **identity) for number in range(50, 65)])
    shares = {"own": 0.25, "capybara": 1, "identity": 1}
    recipe = TrainingRecipe(
        accumulation_steps=1,
        warmup_steps=1,
        prompt_template="chat",
        hub_repository="ann/voice",
        mixture=shares,
    )
    (planned,) = plan_training(lake, "run-1", TrainingRequest(recipe=recipe), TrainingSettings())
    leave_trained_run(lake, read_training_run(planned.recipe_uri), shards=1)
    return lake


def test_the_card_names_set_share_class_licence_and_revision_of_all_that_was_trained_on(mixed):
    card = draft(mixed, "run-1").card
    assert "| rows of own | 10 (22%), verbatim, licence as the dataset, at" in card
    assert "| rows of capybara | 20 (44%), model_preference, licence apache-2.0, at `0123456789abcdef` |" in card
    assert "| rows of identity | 15 (33%), identity, licence by the maker," in card
    assert "on 10 pairs of version" in card
    assert "and on 35 rows of other sets, which no article proves" in card


def test_the_record_in_the_card_gives_the_own_rows_again_and_names_the_list_of_the_others(mixed):
    record = read_block(draft(mixed, "run-1").card)
    assert len(training_rows(mixed, record)) == 10
    assert record.mixture == read_training(mixed, "run-1").run.mixture


def test_the_health_rules_say_where_others_words_or_the_identity_outweigh_the_author(mixed):
    reasons = read_training(mixed, "run-1").health.reasons("warn")
    assert any("22% of the 45 rows are the author's own" in reason for reason in reasons)
    assert any("33% of the 45 rows say only who made the model" in reason for reason in reasons)


def test_lineage_and_report_name_the_sets_with_their_rows(mixed):
    report = write_training_report(mixed, "run-1", dt.date(2026, 2, 2))
    assert "mixture    own 10 (22%), capybara 20 (44%), identity 15 (33%)" in list(training_lines(report))
    asked = ["lineage", "--lake", mixed.uri, "--model", "run-1"]
    assert "20 of capybara at 0123456789ab, model_preference, apache-2.0" in CliRunner().invoke(app, asked).stdout
    found = json.loads(CliRunner().invoke(app, [*asked, "--json"]).stdout)
    assert [(part["set"], part["rows"]) for part in found["mixture"]] == [
        ("own", 10),
        ("capybara", 20),
        ("identity", 15),
    ]
