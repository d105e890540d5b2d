"""The training in a whole Airflow, as a person sees it in the UI: approved or rejected, and cancelled half-way."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from stand_ins.kubernetes_api import running_cluster
from stand_ins.live_airflow import running_airflow, wait_for
from stand_ins.places import REPOSITORY, TESTS
from stand_ins.training_world import SMALL, lake_with_a_version, stand_in_python

# The same task where no cluster is configured: an Airflow has one or the other, so it stands in a DAG of its own here.
IN_A_PROCESS = """
from airflow.sdk import DAG
from ownvoice.airflow.trainer import train_arguments, trainer_task
from ownvoice.training.settings import TrainingSettings

arguments = train_arguments({{"recipe_uri": {recipe_uri!r}}})
with DAG("in_a_process", schedule=None):
    trainer_task("train", arguments, TrainingSettings(kubernetes_conn_id=None), gpu=True)
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Airflow, a lake, and a cluster whose trainers hang until they are stopped."""
    folder = tmp_path_factory.mktemp("live")
    lake = lake_with_a_version(folder)
    marker, python = folder / "started", stand_in_python(folder)
    trainer = {
        "OWNVOICE_TRAINER_STAND_IN_HANG": str(marker),
        "PYTHONPATH": os.pathsep.join([str(REPOSITORY / "include"), str(TESTS)]),
    }
    with running_cluster(python) as cluster:
        cluster.variables = trainer | {"PATH": os.environ["PATH"]}
        connection = {"conn_type": "kubernetes", "extra": {"kube_config": cluster.kubeconfig(), "namespace": "ml"}}
        variables = trainer | {
            "AIRFLOW_CONN_GPUS": json.dumps(connection),
            "OWNVOICE_LAKE": lake.uri,
            "OWNVOICE_FOLDERS_ARE_SHARED": "true",  # the stand-in's pods are processes of this machine
            "OWNVOICE_TRAINER_PYTHON": python,
            "OWNVOICE_TRAINER_KUBERNETES_CONN_ID": "gpus",
            "OWNVOICE_TRAINER_IMAGE": "registry.example/trainer@sha256:0123",
            "OWNVOICE_TRAINER_GPU_USD_PER_HOUR": "100",
        }
        dags = folder / "dags"
        dags.mkdir()
        (dags / "train_dpo.py").write_text((REPOSITORY / "dags" / "train_dpo.py").read_text())
        (dags / "in_a_process.py").write_text(IN_A_PROCESS.format(recipe_uri=recipe_uri(lake)))
        with running_airflow(folder, dags, variables) as airflow:
            wait_for(lambda: airflow.has_dag("train_dpo") and airflow.has_dag("in_a_process"), "both DAGs are read")
            yield airflow, cluster, lake, marker


def recipe_uri(lake):
    from ownvoice.training.recipe import TrainingRecipe
    from ownvoice.training.run import TrainingRun, write_training_run

    return write_training_run(
        lake, TrainingRun(run_id="here", lake=lake.uri, dataset_version=1, recipe=TrainingRecipe())
    )


def test_approved_it_trains_and_cancelled_its_pods_are_stopped(world):
    airflow, cluster, _, _ = world
    run = airflow.trigger("train_dpo", "approved", SMALL | {"variants": {"chapter": {}, "soft": {"beta": 0.1}}})
    wait_for(lambda: airflow.states(run)["approve_gpu", -1] == "awaiting_input", "the approval is asked for")
    assert cluster.created == [], "nothing is spent before it"
    airflow.answer(run, "approve_gpu", "Approve")
    wait_for(lambda: airflow.states(run).get(("train", 0)) == "deferred", "the first recipe trains")
    assert len(cluster.pods) == 1, "one at a time"
    airflow.fail_task(run, "train", 0)
    wait_for(lambda: airflow.states(run).get(("train", 1)) == "deferred", "the second recipe trains")
    (second,) = wait_for(lambda: len(cluster.pods) == 1 and [*cluster.pods], "the pod of the first is stopped")
    assert [pod["metadata"]["name"] for pod in cluster.created][1] == second
    airflow.fail_run(run)
    wait_for(lambda: not cluster.pods, "the pod of the second is stopped with the run")
    assert len(cluster.created) == 2


def test_rejected_it_trains_nothing_and_ends(world):
    airflow, cluster, lake, _ = world
    before = len(cluster.created)
    run = airflow.trigger("train_dpo", "rejected", SMALL)
    wait_for(lambda: airflow.states(run)["approve_gpu", -1] == "awaiting_input", "the approval is asked for")
    airflow.answer(run, "approve_gpu", "Reject")
    wait_for(lambda: airflow.run_state(run) == "success", "the run ends")
    states = {task_id: state for (task_id, _), state in airflow.states(run).items()}
    assert states.pop("resolve_dataset") == states.pop("approve_gpu") == "success"
    assert set(states.values()) == {"skipped"}, states
    assert len(cluster.created) == before
    assert lake.read_json("runs/rejected/report.json") is None


def test_a_process_is_stopped_with_its_task(world):
    airflow, _, _, marker = world
    marker.unlink(missing_ok=True)
    run = airflow.trigger("in_a_process", "cancelled")
    wait_for(lambda: marker.exists() and marker.read_text(), "the trainer runs")
    airflow.fail_task(run, "train", -1)
    wait_for(lambda: not Path(f"/proc/{marker.read_text()}").exists(), "the trainer is stopped")
