"""The training as Airflow runs it, with the trainer as a process of this machine."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from pathlib import Path

import pytest
from stand_ins.hub import WRITER, running_hub
from stand_ins.night import Night

from ownvoice.lake import Lake, scan
from ownvoice.training.lineage import lineage_of_model, lineage_of_version
from ownvoice.training.report import read_training_report

TESTS = Path(__file__).parent.parent
REPOSITORY = TESTS.parent
SMALL = {"backend": "trl", "accumulation_steps": 1, "warmup_steps": 1, "base_model": "lake:models/toy"}


@pytest.fixture
def lake(tmp_path, offline_model, monkeypatch):
    """A lake with dataset version 1."""
    lake = Lake((tmp_path / "lake").as_uri())
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write(*"abcdefgh")
    night.list_and_plan("night-1", test_share=0.4)
    night.generate("night-1")
    night.commit("night-1")
    monkeypatch.setenv("OWNVOICE_LAKE", lake.uri)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    return lake


@pytest.fixture
def stand_in_trainer(tmp_path, monkeypatch):
    """An executable that takes the place of the trainer's Python."""
    path = tmp_path / "python"
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{TESTS / "stand_ins" / "trained.py"}" "$@"\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("OWNVOICE_TRAINER_PYTHON", str(path))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(REPOSITORY / "include"), str(TESTS)]))


@pytest.fixture
def run_training(dags):
    """Run the whole DAG with the form filled in as given; return the finished DAG run."""
    dag = dags["train_dpo"]
    untouched = {name: param.value for name, param in dag.params.items()}

    def run(**form):
        return dag.test(run_conf=untouched | SMALL | form)

    return run


def states(dag_run):
    return {ti.task_id: str(ti.state) for ti in dag_run.get_task_instances()}


def test_from_a_dataset_version_to_a_report(lake, stand_in_trainer, run_training):
    done = run_training()
    assert done.state == "success"
    assert states(done) == {
        "resolve_dataset": "success",
        "approve_gpu": "skipped",
        "train": "success",
        "check_health": "success",
        "publish_model": "skipped",
        "write_report": "success",
    }
    report = read_training_report(lake, done.run_id)
    assert report["verdict"] == "pass"
    assert lake.store.read(report["curves_key"]).startswith(b"<svg")
    (row,) = (row for batch in scan(lake.table("runs"), where="kind = 'training'") for row in batch.to_pylist())
    assert (row["run_id"], row["version"], row["verdict"]) == (done.run_id, 1, "pass")
    assert dict(row["counts"])["steps"] == 20
