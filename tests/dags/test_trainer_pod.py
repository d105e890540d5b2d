"""The trainer as a pod: what Kubernetes is asked for, and the operator's whole conversation with a cluster."""

from __future__ import annotations

import asyncio
import json
import os
import stat
import sys
from pathlib import Path

import pytest
from stand_ins.hub import WRITER, running_hub
from stand_ins.kubernetes_api import running_cluster
from stand_ins.night import Night

from ownvoice.airflow.trainer import publish_arguments, train_arguments, trainer_task
from ownvoice.lake import Lake
from ownvoice.training.report import read_training_report
from ownvoice.training.settings import TrainingSettings

TESTS = Path(__file__).parent.parent
SETTINGS = TrainingSettings(
    kubernetes_conn_id="gpus",
    namespace="ml",
    image="registry.example/trainer@sha256:0123",
    gpu_product="NVIDIA-H100-80GB-HBM3",
    node_selector={"pool": "gpu"},
    train_secrets=["lake-keys", "base-token"],
    publish_secrets=["lake-keys", "hub-token"],
    model_license="llama3.1",
)


@pytest.fixture
def gpus(monkeypatch):
    """A connection to a cluster that nobody may need to reach."""
    extra = {"kube_config": {"apiVersion": "v1"}, "namespace": "ml"}
    monkeypatch.setenv("AIRFLOW_CONN_GPUS", json.dumps({"conn_type": "kubernetes", "extra": extra}))


def request(task_id, arguments, *, gpu, settings=SETTINGS):
    """Return the pod as Kubernetes would receive it, built with no cluster at hand."""
    from kubernetes.client import ApiClient

    operator = trainer_task(task_id, arguments, settings, gpu=gpu)
    return ApiClient().sanitize_for_serialization(operator.build_pod_request_obj(dry_run=True))


@pytest.fixture
def train_request(gpus):
    return request("train", train_arguments(), gpu=True)


def test_the_pod_runs_the_trainer_image_with_the_recipe_as_its_whole_input(train_request):
    (container,) = train_request["spec"]["containers"]
    assert container["image"] == "registry.example/trainer@sha256:0123"
    assert container["command"] == ["python"]
    assert container["args"][:3] == ["-m", "ownvoice.training", "--recipe"]
    assert len(container["args"]) == 4
    assert train_request["metadata"]["namespace"] == "ml"
    assert train_request["spec"]["restartPolicy"] == "Never"


def test_it_asks_for_one_gpu_of_the_product_that_the_settings_name(train_request):
    resources = train_request["spec"]["containers"][0]["resources"]
    assert resources["requests"] == resources["limits"]
    assert resources["limits"]["nvidia.com/gpu"] == "1"
    assert {"cpu", "memory", "ephemeral-storage"} < resources["limits"].keys()
    assert train_request["spec"]["nodeSelector"] == {"pool": "gpu", "nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3"}
    assert train_request["spec"]["tolerations"] == [
        {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}
    ]


def test_it_may_write_to_its_scratch_space_alone(train_request):
    spec = train_request["spec"]
    (container,) = spec["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["runAsUser"] != 0
    assert spec["automountServiceAccountToken"] is False
    mounts = {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}
    volumes = {volume["name"]: volume["emptyDir"] for volume in spec["volumes"]}
    assert mounts.keys() == {"/scratch", "/tmp", "/dev/shm"}
    assert volumes[mounts["/dev/shm"]] == {"medium": "Memory", "sizeLimit": "8Gi"}
    assert volumes[mounts["/scratch"]] == {"sizeLimit": "120Gi"}
    assert {variable["value"] for variable in container["env"] if variable["name"] in ("HOME", "TMPDIR")} == {
        "/scratch"
    }


def test_keys_come_from_kubernetes_secrets_and_stand_nowhere_in_the_request(train_request, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", WRITER)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-key-of-airflow")
    again = request("train", train_arguments(), gpu=True)
    sources = again["spec"]["containers"][0]["envFrom"]
    assert [source["secretRef"]["name"] for source in sources] == ["lake-keys", "base-token"]
    assert WRITER not in json.dumps(again)
    assert "a-key-of-airflow" not in json.dumps(again)
    names = {variable["name"] for variable in again["spec"]["containers"][0]["env"]}
    assert names == {"HOME", "TMPDIR", "PYTHONUNBUFFERED", "OWNVOICE_TRAINER_IMAGE", "UNSLOTH_DISABLE_CPU_FALLBACK"}


def test_publishing_needs_no_gpu_and_gets_the_token_that_may_write(gpus):
    published = request("publish_model", publish_arguments(SETTINGS), gpu=False)
    (container,) = published["spec"]["containers"]
    assert "nvidia.com/gpu" not in container["resources"]["limits"]
    assert not published["spec"]["nodeSelector"]
    assert [source["secretRef"]["name"] for source in container["envFrom"]] == ["lake-keys", "hub-token"]
    assert container["args"][-2:] == ["--license", "llama3.1"]


def test_its_times_survive_a_large_image_and_end_in_a_deadline(gpus):
    operator = trainer_task("train", train_arguments(), SETTINGS, gpu=True)
    assert operator.startup_timeout_seconds >= 1800
    assert operator.schedule_timeout_seconds >= 1800
    assert operator.active_deadline_seconds == SETTINGS.deadline_s
    assert operator.termination_grace_period >= 60, "a checkpoint has to reach the lake"
    assert (operator.deferrable, operator.do_xcom_push) == (True, False)
    assert (operator.on_finish_action.value, operator.on_kill_action.value) == ("delete_pod", "delete_pod")


def test_no_pod_has_a_sidecar(train_request):
    assert [container["name"] for container in train_request["spec"]["containers"]] == ["base"]
    assert not train_request["spec"]["initContainers"]


# The conversation


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
    return lake


@pytest.fixture
def cluster(tmp_path, monkeypatch):
    path = tmp_path / "python"
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{TESTS / "stand_ins" / "trained.py"}" "$@"\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    with running_cluster(str(path)) as cluster:
        cluster.variables = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join([str(TESTS.parent / "include"), str(TESTS)]),
        }
        cluster.secrets = {"lake-keys": {}, "base-token": {}, "hub-token": {"HF_TOKEN": WRITER}}
        connection = {"conn_type": "kubernetes", "extra": {"kube_config": cluster.kubeconfig(), "namespace": "ml"}}
        monkeypatch.setenv("AIRFLOW_CONN_GPUS", json.dumps(connection))
        yield cluster


CLUSTER_SETTINGS = {
    "KUBERNETES_CONN_ID": "gpus",
    "NAMESPACE": "ml",
    "IMAGE": "registry.example/trainer@sha256:0123",
    "TRAIN_SECRETS": '["lake-keys"]',
    "PUBLISH_SECRETS": '["lake-keys", "hub-token"]',
}


@pytest.fixture
def run_training(dags, monkeypatch):
    """The DAG as it is read where a cluster is configured, and back again; it polls without waiting."""
    from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db

    for name, value in CLUSTER_SETTINGS.items():
        monkeypatch.setenv(f"OWNVOICE_TRAINER_{name}", value)
    bag = DagBag(dag_folder=str(TESTS.parent / "dags" / "train_dpo.py"))
    assert bag.import_errors == {}
    sync_bag_to_db(bag, "dags-folder", None)
    dag = bag.dags["train_dpo"]
    for task in dag.tasks:
        task.retry_delay *= 0
        if task.task_id in ("train", "publish_model"):
            task.poll_interval = task.startup_check_interval_seconds = 0.05
    untouched = {name: param.value for name, param in dag.params.items()}
    small = {"backend": "trl", "accumulation_steps": 1, "warmup_steps": 1, "base_model": "lake:models/toy"}

    def run(startup_timeout_s=None, **form):
        if startup_timeout_s is not None:
            train = dag.get_task("train")
            train.retries, train.startup_timeout_seconds = 0, startup_timeout_s
        return dag.test(run_conf=untouched | small | form)

    return run


def states(dag_run):
    return {ti.task_id: str(ti.state) for ti in dag_run.get_task_instances()}


def test_from_a_pod_to_a_published_model(lake, cluster, run_training, capfd):
    with running_hub() as hub:
        cluster.variables |= {"HF_ENDPOINT": hub.url, "HF_HUB_DISABLE_XET": "1"}
        done = run_training(hub_repository="ann/voice")
    assert done.state == "success", states(done)
    assert read_training_report(lake, done.run_id)["publication"]["repo_id"] == "ann/voice"
    assert cluster.pods == {}, "every pod was deleted"
    first_call, second_call = cluster.calls[:2]
    assert (first_call, second_call) == ("get all pods", "post all pods")
    assert {"get one pods", "log pods", "delete one pods"} <= set(cluster.calls)
    printed = capfd.readouterr()
    assert WRITER not in printed.out + printed.err
    assert WRITER not in json.dumps(cluster.created)
    assert "cluster-token" not in printed.out + printed.err


def test_an_evicted_pod_is_followed_by_another_that_goes_on(lake, cluster, run_training):
    cluster.evict_next = 1
    done = run_training()
    assert done.state == "success", states(done)
    assert len(cluster.created) == 2
    names = [pod["metadata"]["name"] for pod in cluster.created]
    assert len(set(names)) == 2
    assert "patch one pods" in cluster.calls
    assert len({tuple(pod["spec"]["containers"][0]["args"]) for pod in cluster.created}) == 1, "the same command"


def test_an_end_that_no_retry_mends_makes_no_second_pod(lake, cluster, run_training):
    cluster.variables["OWNVOICE_TEST_EXIT"] = "11"  # diverged
    done = run_training()
    assert done.state == "failed"
    assert states(done)["train"] == "failed"
    assert len(cluster.created) == 1
    assert cluster.pods == {}


def test_a_pod_that_was_stopped_is_tried_again(lake, cluster, run_training):
    cluster.variables["OWNVOICE_TEST_EXIT"] = "13"
    done = run_training()
    assert done.state == "success", states(done)
    assert len(cluster.created) == 2


def test_a_pod_that_cannot_start_is_given_up_and_deleted(lake, cluster, run_training):
    cluster.secrets.clear()
    done = run_training(startup_timeout_s=0)
    assert done.state == "failed"
    assert states(done)["train"] == "failed"
    assert cluster.pods == {}


def test_cancelled_while_it_is_deferred_the_trigger_deletes_the_pod(cluster):
    from airflow.providers.cncf.kubernetes.triggers.pod import KubernetesPodTrigger

    manifest = {
        "metadata": {"name": "trainer-1", "namespace": "ml", "labels": {}},
        "spec": {"containers": [{"args": []}]},
    }
    cluster.start(manifest)
    trigger = KubernetesPodTrigger(
        pod_name="trainer-1",
        pod_namespace="ml",
        trigger_start_time=None,
        base_container_name="base",
        connection_extras={"kube_config": json.dumps(cluster.kubeconfig())},
    )
    asyncio.run(trigger.on_kill())
    assert cluster.pods == {}


def test_cancelled_while_it_is_watched_the_operator_deletes_the_pod(cluster):
    from kubernetes.client import ApiClient

    operator = trainer_task("train", train_arguments(), SETTINGS, gpu=True)
    operator.pod = operator.build_pod_request_obj(dry_run=True)
    cluster.start(ApiClient().sanitize_for_serialization(operator.pod))
    assert len(cluster.pods) == 1
    operator.on_kill()
    assert cluster.pods == {}
