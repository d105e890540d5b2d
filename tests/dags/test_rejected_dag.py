"""The refresh as Airflow runs it with rejected answers of a trained model, answered by the trainer's process."""

from __future__ import annotations

import datetime as dt
import json
import os

import pytest

from ownvoice.airflow.run_ids import lake_run_id
from ownvoice.answering.files import read_job_result
from ownvoice.offline_model.server import OFFLINE_MODEL
from ownvoice.pairs.rejected_job import REJECTED
from ownvoice.reports.report import read_report
from ownvoice.storage.lake import scan
from ownvoice.storage.versions import latest_version
from ownvoice.training.planning.variants import Variants, write_variants
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.results.lineage import lineage_of_model, lineage_of_version, model_lines, version_lines
from ownvoice.training.results.report import write_run_report
from ownvoice.training.run import TrainingRun, write_training_run
from stand_ins.places import REPOSITORY, SAMPLES, TESTS
from stand_ins.trained import leave_trained_run
from stand_ins.training_world import SMALL, lake_with_a_version, stand_in_python, states

OF_A_MODEL = ("write_rejected_job", "answer_rejected", "add_rejected")
NEWEST = {"rejected_by": {"model": "run:newest"}, "rejected_draws": 2, "rejected_cut": "sentence"}


@pytest.fixture
def lake(tmp_path, monkeypatch):
    lake = lake_with_a_version(tmp_path)
    (tmp_path / "articles").mkdir()
    for name in ("names", "running-small-databases"):
        (tmp_path / "articles" / f"{name}.md").write_bytes((SAMPLES / f"{name}.md").read_bytes())
    monkeypatch.setenv("OWNVOICE_ARTICLES", (tmp_path / "articles").as_uri())
    monkeypatch.setenv("OWNVOICE_LAKE", lake.uri)
    monkeypatch.setenv("OWNVOICE_MAX_GENERATION_TASKS", "2")
    monkeypatch.setenv("OWNVOICE_TRAINER_PYTHON", stand_in_python(tmp_path))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(REPOSITORY / "include"), str(TESTS)]))
    return lake


@pytest.fixture(autouse=True)
def endpoint(monkeypatch, offline_model):
    connection = {"conn_type": "http", "host": offline_model.base_url, "password": "any"}
    monkeypatch.setenv("AIRFLOW_CONN_LLM_API", json.dumps(connection))
    return offline_model


def train(lake, run_id):
    write_variants(lake, run_id, Variants({"": run_id}))
    recipe = TrainingRecipe.model_validate(SMALL)
    run = TrainingRun(run_id=run_id, lake=lake.uri, dataset_version=1, recipe=recipe)
    write_training_run(lake, run)
    leave_trained_run(lake, run)
    write_run_report(lake, run_id, dt.date(2026, 5, 1))


def test_a_round_asks_the_newest_model_once_and_is_found_by_lineage_both_ways(lake, run_refresh, endpoint, monkeypatch):
    train(lake, "train_dpo/one")
    monkeypatch.setenv("OWNVOICE_TRAINER_STAND_IN_ANSWERING_EXIT", "2")
    red = run_refresh(**NEWEST)
    assert red.state == "failed"
    assert states(red)["answer_rejected"] == "failed"
    assert states(red)["add_rejected"] == states(red)["advance_cursor"] == "upstream_failed"
    assert latest_version(lake).pairs == 48, "nothing of it is committed"
    asked = endpoint.served[OFFLINE_MODEL]

    monkeypatch.delenv("OWNVOICE_TRAINER_STAND_IN_ANSWERING_EXIT")
    done = run_refresh(**NEWEST)
    assert done.state == "success"
    assert {states(done)[task] for task in OF_A_MODEL} == {"success"}
    assert endpoint.served[OFFLINE_MODEL] == asked, "no triple is asked for twice"
    assert read_job_result(lake, lake_run_id(done), REJECTED).reused >= 2

    version = latest_version(lake)
    assert (version.rejected_model, version.trained_on, version.round) == ("run:train_dpo/one", 1, 2)
    where = f"created_by_run = '{lake_run_id(done)}'"
    rows = [row for batch in scan(lake.table("pairs"), where=where) for row in batch.to_pylist()]
    assert {row["rejected_model"] for row in rows} == {"run:train_dpo/one"}
    said = "round 2: rejected answers by the model of training train_dpo/one, which was trained on version 1"
    assert read_report(lake, lake_run_id(done)).version.rejected_by == said
    assert f"second     {said}" in version_lines(lineage_of_version(lake, version.number))
    of_model = list(model_lines(lineage_of_model(lake, "train_dpo/one")))
    assert f"round      wrote the rejected answers of version {version.number}" in of_model


def test_a_model_that_was_never_trained_is_refused_before_anything_is_asked(lake, run_refresh, endpoint):
    red = run_refresh(**NEWEST)
    assert states(red)["list_new_articles"] == "failed"
    assert endpoint.requests_served == 0
