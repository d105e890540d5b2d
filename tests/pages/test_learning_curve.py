"""What the page of a run shows of its learning curve; runs without one are shown as before."""

from __future__ import annotations

import datetime as dt

import pytest

from ownvoice.pages.training import overlay_page, variants_page
from ownvoice.reports.learning_curve import report_curve
from ownvoice.storage.lake import Lake
from ownvoice.storage.run_keys import RunKeys
from ownvoice.training.planning.plan import plan_training
from ownvoice.training.planning.request import TrainingRequest
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.results.report import write_run_report
from ownvoice.training.run import read_training_run
from ownvoice.training.settings import TrainingSettings
from stand_ins.pair_lake import commit_pairs, small_dataset
from stand_ins.trained import leave_trained_run


@pytest.fixture
def lake(lake: Lake) -> Lake:
    """A lake with a curve of three sizes and two seeds."""
    rows = [row | {"article_id": f"article-{place // 4}"} for place, row in enumerate(small_dataset())]
    commit_pairs(lake, rows)
    recipe = TrainingRecipe(backend="trl", accumulation_steps=1, warmup_steps=1, base_model="hub/base")
    request = TrainingRequest(recipe=recipe, learning_curve=True, curve_seeds=2)
    for one in plan_training(lake, "run", request, TrainingSettings()):
        leave_trained_run(lake, read_training_run(one.recipe_uri), "learning", shards=1)
    write_run_report(lake, "run", dt.date(2026, 11, 29))
    report_curve(lake, "run")
    return lake


def test_a_curve_is_shown_with_charts_sentences_numbers_and_the_advice_of_the_book(lake):
    section = variants_page(lake, "run")["curve"]
    assert list(section.charts) == ["Held-out margin", "Held-out accuracy"]
    assert section.says["Held-out margin"].startswith("rising")
    assert section.says["Style distance"] == "not measured"
    assert [round(pairs) for pairs, _ in section.sizes] == [11, 19, 39]
    assert section.advice[0][2] == "160 fewer"


def test_trainings_laid_over_each_other_by_hand_have_no_curve(lake):
    assert overlay_page(lake, ["run/all-seed0", "run/all-seed1"])["curve"] is None


def test_a_curve_that_is_damaged_is_named_and_hides_no_training(lake):
    lake.store.write(RunKeys("run").learning_curve("json"), b"{")
    page = variants_page(lake, "run")
    assert "learning_curve.json is not whole" in page["curve"].faults[0]
    assert len(page["trainings"]) == 6
