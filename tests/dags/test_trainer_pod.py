"""The trainer as a pod: what Kubernetes would receive, built with no cluster at hand."""

from __future__ import annotations

import json

import pytest

from ownvoice.airflow.trainer import publish_arguments, train_arguments, trainer_task
from ownvoice.training.settings import TrainingSettings
from stand_ins.hub import WRITER
from stand_ins.places import REPOSITORY

SETTINGS = TrainingSettings(
    kubernetes_conn_id="gpus",
    namespace="ml",
    image="registry.example/trainer@sha256:0123",
    gpu_product="NVIDIA-H100-80GB-HBM3",
    node_selector={"pool": "gpu"},
    train_secrets=["lake-keys", "base-token"],
    publish_secrets=["lake-keys", "hub-token"],
    model_licence="llama3.1",
)
ARGUMENTS = train_arguments({"recipe_uri": "s3://lake/runs/a-run/recipe.json"})


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
    return request("train", ARGUMENTS, gpu=True)


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


def test_its_user_and_its_scratch_space_are_those_of_the_image(train_request):
    dockerfile = (REPOSITORY / "docker" / "trainer" / "Dockerfile").read_text()
    user = train_request["spec"]["securityContext"]["runAsUser"]
    assert f"USER {user}:{user}\nWORKDIR /scratch\n" in dockerfile


def test_keys_come_from_kubernetes_secrets_and_stand_nowhere_in_the_request(train_request, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", WRITER)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-key-of-airflow")
    again = request("train", ARGUMENTS, gpu=True)
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
    assert container["args"][-2:] == ["--licence", "llama3.1"]


def test_its_times_survive_a_large_image_and_end_in_a_deadline(gpus):
    operator = trainer_task("train", ARGUMENTS, SETTINGS, gpu=True)
    assert operator.startup_timeout_seconds >= 1800
    assert operator.schedule_timeout_seconds >= 1800
    assert operator.active_deadline_seconds == SETTINGS.deadline_s
    assert operator.termination_grace_period >= 60, "a checkpoint has to reach the lake"
    assert (operator.deferrable, operator.do_xcom_push) == (True, False)
    assert (operator.on_finish_action.value, operator.on_kill_action.value) == ("delete_pod", "delete_pod")


def test_no_pod_has_a_sidecar(train_request):
    assert [container["name"] for container in train_request["spec"]["containers"]] == ["base"]
    assert not train_request["spec"]["initContainers"]
