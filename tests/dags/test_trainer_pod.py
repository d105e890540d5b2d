"""The trainer as a pod: what Kubernetes would receive, built with no cluster at hand."""

from __future__ import annotations

import json

import pytest

from ownvoice.airflow.trainer import publish_arguments, train_arguments, trainer_task
from ownvoice.errors import SettingsError
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
    assert operator.capacity_timeout_s == SETTINGS.capacity_timeout_s
    assert operator.active_deadline_seconds == SETTINGS.deadline_s
    assert operator.termination_grace_period >= 60, "a checkpoint has to reach the lake"
    assert (operator.deferrable, operator.do_xcom_push) == (True, False)
    assert (operator.on_finish_action.value, operator.on_kill_action.value) == ("delete_pod", "delete_pod")


def test_what_a_cluster_asks_of_its_pods_is_taken_from_the_settings(gpus):
    settings = SETTINGS.model_copy(
        update={
            "labels": {"kueue.x-k8s.io/queue-name": "gpus"},
            "annotations": {"sidecar.istio.io/inject": "false"},
            "environment": {"NCCL_DEBUG": "INFO"},
            "service_account": "trainer",
            "runtime_class": "nvidia",
            "priority_class": "training",
            "tolerations": [
                {"key": "gpu", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 60},
            ],
            "affinity": AFFINITY,
        }
    )
    train, publish = (request("train", ARGUMENTS, gpu=gpu, settings=settings) for gpu in (True, False))
    for pod in (train, publish):
        assert pod["metadata"]["labels"]["kueue.x-k8s.io/queue-name"] == "gpus"
        assert pod["metadata"]["labels"]["app.kubernetes.io/name"] == "ownvoice-trainer"
        assert pod["metadata"]["annotations"] == {"sidecar.istio.io/inject": "false"}
        assert pod["spec"]["serviceAccountName"] == "trainer"
        assert {"name": "NCCL_DEBUG", "value": "INFO"} in pod["spec"]["containers"][0]["env"]
    assert (train["spec"]["runtimeClassName"], train["spec"]["priorityClassName"]) == ("nvidia", "training")
    assert train["spec"]["tolerations"] == settings.tolerations
    assert train["spec"]["affinity"] == AFFINITY
    assert not {"runtimeClassName", "priorityClassName", "affinity"} & {k for k, v in publish["spec"].items() if v}


AFFINITY = {
    "nodeAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": {
            "nodeSelectorTerms": [
                {"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a", "b"]}]},
            ],
        },
    },
    "podAntiAffinity": {
        "preferredDuringSchedulingIgnoredDuringExecution": [
            {
                "weight": 1,
                "podAffinityTerm": {"topologyKey": "zone", "labelSelector": {"matchLabels": {"app": "other"}}},
            },
        ],
    },
}


@pytest.mark.parametrize("read_only", [False, True])
def test_bases_are_kept_in_a_claim_which_the_publishing_pod_does_not_mount(gpus, read_only):
    settings = SETTINGS.model_copy(update={"base_cache_claim": "bases", "base_cache_read_only": read_only})
    spec = request("train", ARGUMENTS, gpu=True, settings=settings)["spec"]
    volume = next(one["persistentVolumeClaim"] for one in spec["volumes"] if "persistentVolumeClaim" in one)
    assert volume == {"claimName": "bases", "readOnly": read_only}
    mount = next(one for one in spec["containers"][0]["volumeMounts"] if one["name"] == "bases")
    assert {"name": "HF_HUB_CACHE", "value": mount["mountPath"]} in spec["containers"][0]["env"]
    assert mount["readOnly"] is read_only
    published = request("publish_model", ARGUMENTS, gpu=False, settings=settings)["spec"]
    assert "persistentVolumeClaim" not in json.dumps(published)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("affinity", {"nodeAfinity": {}}, "OWNVOICE_TRAINER_AFFINITY.nodeAfinity is nothing that Kubernetes knows"),
        ("affinity", {"node_affinity": {}}, "what fits there: nodeAffinity, podAffinity, podAntiAffinity"),
        ("affinity", {"nodeAffinity": []}, "OWNVOICE_TRAINER_AFFINITY.nodeAffinity is [], and must be a map"),
        (
            "affinity",
            {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{"x": 1}]}}},
            "nodeSelectorTerms[0].x is nothing that Kubernetes knows",
        ),
        (
            "affinity",
            {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {}}},
            "OWNVOICE_TRAINER_AFFINITY.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution: Invalid value",
        ),
        ("tolerations", [{"toleration_seconds": 6}], "OWNVOICE_TRAINER_TOLERATIONS[0].toleration_seconds is nothing"),
        ("tolerations", [{"tolerationSeconds": "6"}], "tolerationSeconds is '6', and must be of type int"),
        ("tolerations", [{"key": True}], "key is True, and must be of type str"),
        ("tolerations", [{}, {"key": 5}], "OWNVOICE_TRAINER_TOLERATIONS[1].key is 5, and must be of type str"),
    ],
)
def test_a_part_of_a_manifest_that_kubernetes_does_not_know_is_refused_at_start(gpus, field, value, words):
    with pytest.raises(SettingsError) as caught:
        request("train", ARGUMENTS, gpu=True, settings=SETTINGS.model_copy(update={field: value}))
    assert words in str(caught.value)


def test_the_last_lines_of_its_log_outlive_the_pod(train_request):
    (container,) = train_request["spec"]["containers"]
    assert container["terminationMessagePolicy"] == "FallbackToLogsOnError"


def test_no_pod_has_a_sidecar(train_request):
    assert [container["name"] for container in train_request["spec"]["containers"]] == ["base"]
    assert not train_request["spec"]["initContainers"]
