"""The operator's whole conversation with a cluster, in which a stand-in trainer runs as a process."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import os
from types import SimpleNamespace

import pytest

from ownvoice.airflow.run_ids import lake_run_id
from ownvoice.airflow.trainer import train_arguments, trainer_task
from ownvoice.training.results.report import read_training_report
from ownvoice.training.settings import load_training_settings
from stand_ins.hub import WRITER
from stand_ins.hub_server import running_hub
from stand_ins.kubernetes_api import running_cluster
from stand_ins.places import REPOSITORY, TESTS
from stand_ins.pod_shapes import ended, failed
from stand_ins.training_world import filled_in, lake_with_a_version, stand_in_python, states
from stand_ins.webhook import running_webhook

ARGUMENTS = train_arguments({"recipe_uri": "s3://lake/runs/a-run/recipe.json"})
HTTP_NOTIFIER = "airflow.providers.http.notifications.HttpNotifier"
CLUSTER_SETTINGS = {
    "KUBERNETES_CONN_ID": "gpus",
    "NAMESPACE": "ml",
    "IMAGE": "registry.example/trainer@sha256:0123",
    "TRAIN_SECRETS": '["lake-keys"]',
    "PUBLISH_SECRETS": '["lake-keys", "hub-token"]',
}


@pytest.fixture
def lake(tmp_path, monkeypatch):
    lake = lake_with_a_version(tmp_path)
    monkeypatch.setenv("OWNVOICE_LAKE", lake.uri)
    monkeypatch.setenv("OWNVOICE_FOLDERS_ARE_SHARED", "true")  # the stand-in's pods are processes of this machine
    return lake


@pytest.fixture
def cluster(tmp_path, monkeypatch):
    for name, value in CLUSTER_SETTINGS.items():
        monkeypatch.setenv(f"OWNVOICE_TRAINER_{name}", value)
    with running_cluster(stand_in_python(tmp_path)) as cluster:
        cluster.variables = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join([str(REPOSITORY / "include"), str(TESTS)]),
        }
        cluster.secrets = {"lake-keys": {}, "hub-token": {"HF_TOKEN": WRITER}}
        connection = {"conn_type": "kubernetes", "extra": {"kube_config": cluster.kubeconfig(), "namespace": "ml"}}
        monkeypatch.setenv("AIRFLOW_CONN_GPUS", json.dumps(connection))
        yield cluster


@pytest.fixture
def run_training(dags, cluster):
    """The DAG as it is read where a cluster is configured; it polls without waiting."""
    from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db

    bag = DagBag(dag_folder=str(REPOSITORY / "dags" / "train_dpo.py"))
    assert bag.import_errors == {}
    sync_bag_to_db(bag, "dags-folder", None)
    dag = bag.dags["train_dpo"]
    for task in dag.tasks:
        task.retry_delay *= 0
    quick = {"poll_interval": 0.05}
    train, publish_model = dag.get_task("train"), dag.get_task("publish_model")
    train.partial_kwargs |= quick
    vars(publish_model).update(quick)

    def run(**form):
        return dag.test(run_conf=filled_in(dag, form))

    return run


def test_from_a_pod_to_a_published_model(lake, cluster, run_training, capfd):
    with running_hub() as hub:
        cluster.variables |= {"HF_ENDPOINT": hub.url, "HF_HUB_DISABLE_XET": "1"}
        done = run_training(hub_repository="ann/voice")
    assert done.state == "success", states(done)
    assert read_training_report(lake, lake_run_id(done)).publication.repo_id == "ann/voice"
    assert cluster.pods == {}, "every pod was deleted"
    training, publishing = (pod["spec"]["containers"][0]["resources"]["limits"] for pod in cluster.created)
    assert (training.get("nvidia.com/gpu"), publishing.get("nvidia.com/gpu")) == ("1", None)
    assert set(cluster.calls[: cluster.calls.index("post all pods")]) == {"get all pods"}, "it looks before it starts"
    assert {"get one pods", "log pods", "delete one pods"} <= set(cluster.calls)
    printed = capfd.readouterr()
    assert WRITER not in printed.out + printed.err
    assert WRITER not in json.dumps(cluster.created)
    assert "cluster-token" not in printed.out + printed.err


def test_an_evicted_pod_is_followed_by_another_that_goes_on(lake, cluster, run_training):
    cluster.fates = [failed("Evicted", "The node was low on resource: memory.")]
    done = run_training()
    assert done.state == "success", states(done)
    assert len(cluster.created) == 2
    names = [pod["metadata"]["name"] for pod in cluster.created]
    assert len(set(names)) == 2
    assert "patch one pods" in cluster.calls
    assert len({tuple(pod["spec"]["containers"][0]["args"]) for pod in cluster.created}) == 1, "the same command"


def test_an_end_that_no_retry_mends_makes_no_second_pod(lake, cluster, run_training):
    cluster.variables["OWNVOICE_TRAINER_STAND_IN_EXIT"] = "11"  # diverged
    done = run_training()
    assert done.state == "failed"
    assert states(done)["train"] == "failed"
    assert len(cluster.created) == 1
    assert cluster.pods == {}


def test_a_pod_that_was_stopped_is_tried_again(lake, cluster, run_training):
    cluster.variables["OWNVOICE_TRAINER_STAND_IN_EXIT"] = "13"
    done = run_training()
    assert done.state == "success", states(done)
    assert len(cluster.created) == 2


def test_what_no_retry_mends_makes_one_pod_and_one_message_with_the_sentence(lake, cluster, run_training, monkeypatch):
    cluster.fates = [ended(137, "OOMKilled", "step 4/9: loss 0.6, memory 63.1 GiB")]
    with running_webhook() as webhook:
        monkeypatch.setenv("AIRFLOW_CONN_ON_CALL", json.dumps({"conn_type": "http", "host": webhook.address}))
        notifier = {HTTP_NOTIFIER: {"http_conn_id": "on_call", "json": {"text": "{{ message }}"}}}
        monkeypatch.setenv("OWNVOICE_NOTIFIERS", json.dumps(notifier))
        done = run_training()
    assert states(done)["train"] == "failed"
    assert len(cluster.created) == 1, "of four tries, one"
    assert cluster.pods == {}
    (message,) = [one["text"] for one in webhook.received if "train failed" in one["text"]]
    assert "more memory than OWNVOICE_TRAINER_MEMORY (64Gi) allows, after 63.1 GiB" in message
    assert "Raise it, then clear the task" in message


def try_of(number, map_index=0, stored=None):
    """Return the context of one try of a mapped `train`, with what an earlier one stored."""
    ti = SimpleNamespace(
        dag_id="train_dpo", task_id="train", run_id="a-run", map_index=map_index, try_number=number,
        start_date=dt.datetime.now(dt.UTC), xcom_push=lambda **_: None,
    )  # fmt: skip
    store = SimpleNamespace(get=(stored or {}).get, set=({} if stored is None else stored).__setitem__)
    return {"ti": ti, "run_id": ti.run_id, "dag": SimpleNamespace(), "task_state_store": store}


def start_pod(context):
    """Start the trainer as a fresh worker does, up to the point where it defers; return its trigger."""
    from airflow.sdk.exceptions import TaskDeferred

    operator = trainer_task("train", ARGUMENTS, load_training_settings(), gpu=True)
    with pytest.raises(TaskDeferred) as deferred:
        operator.execute(context)
    return deferred.value.trigger


@pytest.fixture
def hanging(cluster, tmp_path):
    cluster.variables["OWNVOICE_TRAINER_STAND_IN_HANG"] = str(tmp_path / "started")
    return cluster


@pytest.mark.parametrize("stored", [{}, None], ids=["by what it stored", "by its labels"])
def test_a_worker_that_was_killed_finds_its_pod_again_and_starts_no_second_one(hanging, stored):
    first = start_pod(try_of(1, stored=stored))
    second = start_pod(try_of(2, stored=stored))
    assert second.name == first.name
    assert len(hanging.created) == 1


def test_a_triggerer_that_restarts_leaves_the_pod_alone(hanging):
    asyncio.run(start_pod(try_of(1)).cleanup())
    assert len(hanging.pods) == 1


def test_cancelled_while_it_is_deferred_the_trigger_deletes_the_pod(hanging):
    asyncio.run(start_pod(try_of(1)).on_kill())
    assert hanging.pods == {}


def test_a_pod_whose_trigger_never_ran_is_stopped_before_the_next_recipe_and_at_the_end_of_the_run(hanging):
    from ownvoice.airflow.pod.operator import stop_pods_of

    start_pod(try_of(1, map_index=0))
    second = start_pod(try_of(1, map_index=1))
    assert [*hanging.pods] == [second.name]
    stop_pods_of(load_training_settings(), "train_dpo", "another-run")
    assert len(hanging.pods) == 1
    stop_pods_of(load_training_settings(), "train_dpo", "a-run")
    assert hanging.pods == {}


def test_cancelled_while_it_is_watched_the_operator_deletes_the_pod(cluster):
    from kubernetes.client import ApiClient

    operator = trainer_task("train", ARGUMENTS, load_training_settings(), gpu=True)
    operator.pod = operator.build_pod_request_obj(dry_run=True)
    cluster.start(ApiClient().sanitize_for_serialization(operator.pod))
    assert len(cluster.pods) == 1
    operator.on_kill()
    assert cluster.pods == {}
