"""`ownvoice train --learning-curve`: from one dataset version to what twice the pairs would bring, without a GPU."""

from __future__ import annotations

import json
import os

import pytest
from typer.testing import CliRunner

from ownvoice.cli.main import app
from ownvoice.evaluation.curve.curve import Verdict
from ownvoice.evaluation.curve.stored import CURVE_PROMPTS, models_of_curve, read_learning_curve
from ownvoice.evaluation.stored import read_style
from ownvoice.pages.training import training_page, variants_page
from ownvoice.reports.learning_curve import report_curve
from ownvoice.storage.lake import Lake
from ownvoice.storage.run_keys import RunKeys
from stand_ins.places import REPOSITORY, TESTS
from stand_ins.training_world import stand_in_python, with_a_base
from stand_ins.two_authors import two_authors_lake

RECIPE = ("backend=trl", "accumulation_steps=1", "warmup_steps=1", "base_model=lake:models/toy", "batch_pairs=20")
NAMES = ("1of2-seed0", "1of2-seed1", "all-seed0", "all-seed1")
SHARES = dict(zip((f"run:a-run/{name}" for name in NAMES), (0.2, 0.3, 0.6, 0.8), strict=True)) | {"trained": 0.6}


@pytest.fixture(scope="module")
def ended(tmp_path_factory):
    """A lake in which a curve of two sizes and two seeds was trained and reported, and what the command printed."""
    folder = tmp_path_factory.mktemp("curve")
    lake = with_a_base(Lake((folder / "lake").as_uri()))
    two_authors_lake(lake)
    environment = {
        "OWNVOICE_TRAINER_PYTHON": stand_in_python(folder),
        "OWNVOICE_TRAINER_STAND_IN_CURVES": "learning",
        "OWNVOICE_TRAINER_STAND_IN_SHARES": json.dumps(SHARES),
        "PYTHONPATH": os.pathsep.join([str(REPOSITORY / "include"), str(TESTS)]),
    }
    arguments = ["train", "--lake", lake.uri, "--run", "a-run", "--learning-curve", "--curve-seeds", "2"]
    shown = CliRunner(env=environment).invoke(app, [*arguments, *(f"--recipe={one}" for one in RECIPE)])
    assert shown.exit_code == 0, shown.output
    return lake, shown.output


def test_all_trainings_are_estimated_together_before_the_first_one(ended):
    _, output = ended
    assert "  1of2-seed0: 100 pairs, 5 steps, about 0.31 hours" in output
    assert "  all of them: about 1.2" in output


def test_each_training_is_a_point_with_its_margin_and_its_distance_from_the_author(ended):
    lake, _ = ended
    curve = read_learning_curve(lake, "a-run", [])
    assert [one.variant for one in curve.trainings] == list(NAMES)
    assert [(one.wanted_pairs, one.train_pairs, one.seed) for one in curve.trainings] == [
        (100, 99, 0), (100, 99, 1), (200, 199, 0), (200, 199, 1),
    ]  # fmt: skip
    assert all(one.margin and one.accuracy and one.style_distance for one in curve.trainings)
    margin, _, style = curve.curves
    assert margin.verdict is Verdict.RISING
    assert style.last_doubling.mean > 0, "the models of all pairs write more like the author"


def test_the_models_of_a_curve_answer_the_same_few_prompts(ended):
    lake, _ = ended
    assert models_of_curve(lake, "a-run/all-seed0") == [f"run:a-run/{name}" for name in NAMES if name != "all-seed0"]
    assert models_of_curve(lake, "another") == []
    report = read_style(lake, "a-run/all-seed0", [])
    assert report.prompts <= CURVE_PROMPTS
    assert {one.name for one in report.subjects} > {"trained", "run:a-run/1of2-seed0"}


def test_the_curve_is_printed_drawn_and_shown_on_the_page_of_the_run(ended):
    lake, output = ended
    assert "held-out margin: rising" in output
    assert "100 to 10,000 pairs for one task, such as a style of writing: within" in output
    assert "chosen     all-seed0 (a learning curve" in output
    assert lake.store.read("runs/a-run/learning_curve.svg").startswith(b"<svg")
    page = variants_page(lake, "a-run")
    assert list(page["curve"].charts) == ["Held-out margin", "Held-out accuracy", "Style distance"]
    assert training_page(lake, "a-run/all-seed0")["variant_of"] == ("a-run", "all-seed0")


def test_a_training_that_was_lost_is_named_and_the_others_are_still_reported(ended):
    lake, _ = ended
    before, key = lake.store.read("runs/a-run/learning_curve.json"), RunKeys("a-run/1of2-seed1").result
    kept = lake.store.read(key)
    lake.write_json(key, {"exit": "OUT_OF_MEMORY", "message": "too large"})
    lines = "\n".join(report_curve(lake, "a-run"))
    assert "not trained: 1of2-seed1 (out_of_memory: too large)" in lines
    assert "held-out margin: too few trainings to say" in lines
    lake.store.write(key, kept)
    report_curve(lake, "a-run")
    assert lake.store.read("runs/a-run/learning_curve.json") == before, "repeated, it writes the same again"


def test_a_run_without_a_curve_reports_none(ended):
    assert report_curve(ended[0], "another") == []


def test_a_curve_that_cannot_work_is_refused_before_anything_is_trained(ended):
    lake, _ = ended
    arguments = ["train", "--lake", lake.uri, "--run", "other", "--learning-curve", "--recipe=accumulation_steps=1"]
    shown = CliRunner().invoke(app, [*arguments, "--recipe=batch_pairs=40", "--recipe=warmup_steps=1"])
    assert "make no learning curve" in str(shown.exception)
    assert lake.read_json("runs/other/variants.json") is None
