"""Every fate of a pod: what is done about it, and the sentence, from what Kubernetes shows of it."""

from __future__ import annotations

import datetime as dt
import json
from types import SimpleNamespace

import pytest

pytest.importorskip("kubernetes")

from ownvoice.airflow.pod.answers import judge_refusal
from ownvoice.airflow.pod.fates import DISRUPTIONS, START_FAULTS, Action
from ownvoice.airflow.pod.judge import judge
from ownvoice.airflow.pod.starts import Patience
from stand_ins.pod_shapes import Shape, container, ended, event, failed, gated, running, stamped, unschedulable, waiting

NOW = dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC)
IMAGE = "registry.example/trainer@sha256:0123"
PATIENCE = Patience(capacity_timeout_s=3600, startup_timeout_s=1800)


TRAINING = {"memory": "64Gi", "cpu": "8", "ephemeral-storage": "120Gi", "nvidia.com/gpu": "1"}
PUBLISHING = {"memory": "2Gi", "cpu": "1"}
SIDECAR = "mesh.example/proxy:1"


def pod_of(shape, *, age_s=10.0, deletion_s=None, kind="V1Pod", limits=TRAINING):
    """Return the pod as Kubernetes' own client reads it from the API."""
    trainer = {"name": "base", "image": IMAGE, "resources": {"limits": limits}}
    shm = {"name": "shm", "emptyDir": {"medium": "Memory", "sizeLimit": "8Gi"}}
    added = {"name": "istio", "image": SIDECAR}
    spec = {"initContainers": [added], "containers": [trainer], "volumes": [shm], "activeDeadlineSeconds": 80_000,
            "schedulingGates": [{"name": "kueue.x-k8s.io/admission"}]}  # fmt: skip
    metadata = {"name": "ownvoice-train", "namespace": "ml",
                "creationTimestamp": stamped(NOW - dt.timedelta(seconds=age_s))}  # fmt: skip
    if deletion_s is not None:
        metadata["deletionTimestamp"] = stamped(NOW - dt.timedelta(seconds=deletion_s))
    return deserialised({"metadata": metadata, "spec": spec, "status": shape.status}, kind)


def deserialised(value, kind):
    from kubernetes.client import ApiClient

    return ApiClient().deserialize(SimpleNamespace(data=json.dumps(value)), kind)


def fate_of(shape, **pod):
    events = [deserialised({"metadata": {}, "involvedObject": {}} | one, "CoreV1Event") for one in shape.events]
    return judge(pod_of(shape, **pod), events, PATIENCE, NOW)


def waiting_sidecar(reason, message, *events):
    """Return a pod in which a container of the cluster does not start."""
    shape = waiting("PodInitializing", "", *events)
    shape.status["initContainerStatuses"] = [container({"waiting": {"reason": reason, "message": message}}, "istio")]
    return shape


NODES = "0/3 nodes are available: "
FATES = {
    # shape: action, and words of the sentence
    "runs": (running(), Action.GO_ON, ()),
    "done": (ended(0, "Completed"), Action.DONE, ()),
    "memory": (ended(137, "OOMKilled"), Action.FAIL, ("OWNVOICE_TRAINER_MEMORY (64Gi)", "not the GPU's")),
    "memory, of a child of the trainer, that runc reports": (ended(1, "OOMKilled"), Action.FAIL, ("_MEMORY (64Gi)",)),
    "memory, of a child that only the trainer saw": (
        ended(1, message="RuntimeError: DataLoader worker (pid 9) is killed by signal: Killed."),
        Action.FAIL,
        ("OWNVOICE_TRAINER_MEMORY (64Gi)", "DataLoader worker"),
    ),
    "memory, with what the trainer measured": (
        ended(137, "OOMKilled", "step 4/9: loss 0.6, memory 41.5 GiB\nstep 5/9: loss 0.5, memory 63.1 GiB"),
        Action.FAIL,
        ("after 63.1 GiB at its last measurement", "Its last line: step 5/9"),
    ),
    "memory of the GPU": (
        ended(9, message="OUT_OF_MEMORY: the longest batch does not fit. Lower max_length. (12.0 s)"),
        Action.FAIL,
        ("the longest batch does not fit. Lower max_length.",),
    ),
    "diverged": (ended(11, message="DIVERGED: loss is nan at step 3. Lower it. (1.0 s)\nlibrary noise at its end"),
                 Action.FAIL, ("loss is nan at step 3. Lower it.",)),
    "stopped": (ended(13, message="STOPPED: asked to stop. (1.0 s)"), Action.RETRY, ("asked to stop.", "resumes")),
    "killed without a reason": (ended(137), Action.RETRY, ("exit code 137", "resumes")),
    "terminated": (ended(143), Action.RETRY, ("exit code 143",)),
    "a trainer's own end goes before a disruption": (
        failed("Evicted", "low on memory", code=11, disruption="TerminationByKubelet"), Action.FAIL, ("diverged",)),
    "scratch of a volume": (
        failed("Evicted", 'Usage of EmptyDir volume "scratch" exceeds the limit "120Gi". '),
        Action.FAIL, ("OWNVOICE_TRAINER_SCRATCH (120Gi)",)),
    "scratch of a container": (
        failed("Evicted", 'Container base exceeded its local ephemeral storage limit "120Gi". '),
        Action.FAIL, ("OWNVOICE_TRAINER_SCRATCH (120Gi)",)),
    "scratch of a pod": (
        failed("Evicted", "Pod ephemeral local storage usage exceeds the total limit of containers 120Gi. "),
        Action.FAIL, ("OWNVOICE_TRAINER_SCRATCH (120Gi)",)),
    "shared memory": (
        failed("Evicted", 'Usage of EmptyDir volume "shm" exceeds the limit "8Gi". ', code=137),
        Action.FAIL, ("OWNVOICE_TRAINER_SHARED_MEMORY (8Gi)",)),
    "disk of the node": (
        failed("Evicted", "The node was low on resource: ephemeral-storage. Threshold quantity: 10Gi, available: 9Gi. "
               "Container base was using 30Gi, request is 120Gi. ", code=137),
        Action.RETRY, ("low on resource: ephemeral-storage", "resumes")),
    "deadline": (failed("DeadlineExceeded", "Pod was active on the node longer than the specified deadline", code=137),
                 Action.FAIL, ("OWNVOICE_TRAINER_DEADLINE_S (80000 s)",)),
    "no GPU on its node after all": (
        failed("OutOfnvidia.com/gpu", "Node didn't have enough resource: nvidia.com/gpu"), Action.RETRY,
        ("had no nvidia.com/gpu left",)),
    "unknown reason": (failed("SomethingNew", "who knows"), Action.RETRY, ("who knows",)),
    "container on a lost node": (ended(137, "ContainerStatusUnknown"), Action.RETRY, ("node was lost",)),
    "no GPU": (unschedulable(f"{NODES}3 Insufficient nvidia.com/gpu. preemption: 0/3 nodes are available"),
               Action.WAIT_FOR_NODE, ("OWNVOICE_TRAINER_GPU_COUNT (1)", "3 Insufficient nvidia.com/gpu")),
    "no memory": (unschedulable(f"{NODES}3 Insufficient memory."), Action.WAIT_FOR_NODE, ("_MEMORY (64Gi)",)),
    "no CPU": (unschedulable(f"{NODES}3 Insufficient cpu."), Action.WAIT_FOR_NODE, ("_CPU (8)",)),
    "no disk": (unschedulable(f"{NODES}3 Insufficient ephemeral-storage."),
                Action.WAIT_FOR_NODE, ("_SCRATCH (120Gi)",)),
    "no such node": (unschedulable(f"{NODES}3 node(s) didn't match Pod's node affinity/selector."),
                     Action.WAIT_FOR_NODE, ("_GPU_PRODUCT, _NODE_SELECTOR and _AFFINITY",)),
    "a taint": (unschedulable(f"{NODES}3 node(s) had untolerated taint {{gpu: yes}}."),
                Action.WAIT_FOR_NODE, ("OWNVOICE_TRAINER_TOLERATIONS",)),
    "no claim": (unschedulable(f'{NODES}persistentvolumeclaim "bases" not found.'),
                 Action.FAIL, ("The PersistentVolumeClaim bases is not in the namespace ml",)),
    "a claim without a volume": (unschedulable(f"{NODES}pod has unbound immediate PersistentVolumeClaims."),
                                 Action.WAIT_FOR_NODE, ("OWNVOICE_TRAINER_BASE_CACHE_CLAIM",)),
    "two causes": (unschedulable(f"{NODES}1 Insufficient cpu, 2 node(s) had untolerated taint."),
                   Action.WAIT_FOR_NODE, ("OWNVOICE_TRAINER_CPU", "OWNVOICE_TRAINER_TOLERATIONS")),
    "held by a queue": (gated(), Action.WAIT_FOR_NODE, ("kueue.x-k8s.io/admission",)),
    "not seen by a scheduler": (Shape({"phase": "Pending"}), Action.WAIT_FOR_NODE, ("scheduler runs",)),
    "being created": (waiting("ContainerCreating"), Action.WAIT_FOR_START, ()),
    "a volume that does not come": (
        waiting("ContainerCreating", "", event("FailedMount", "MountVolume.SetUp failed for volume bases")),
        Action.WAIT_FOR_START, ("MountVolume.SetUp failed",)),
    "first failed pull": (waiting("ErrImagePull", "dial tcp: lookup registry.example: no such host"),
                          Action.WAIT_FOR_START, ("no such host",)),
    "pull given up": (waiting("ImagePullBackOff", f'Back-off pulling image "{IMAGE}"'), Action.FAIL,
                      (IMAGE, "OWNVOICE_TRAINER_IMAGE_PULL_SECRETS")),
    "pull given up, of an old kubelet with a busy registry": (
        waiting("ImagePullBackOff", "Back-off pulling image",
                event("Failed", "Failed to pull image: 429 Too Many Requests")), Action.WAIT_FOR_START, ("429",)),
    "registry busy for too long": (
        waiting("ImagePullBackOff", "Back-off pulling image",
                event("Failed", "Failed to pull image: 429 Too Many Requests", count=5)), Action.FAIL, ("429", IMAGE)),
    "registry busy at the second try": (
        waiting("ImagePullBackOff", "Back-off pulling image", event("Failed", "Failed to pull image: 503", count=2),
                event("Failed", "Error: ErrImagePull", count=2), event("Failed", "Error: ImagePullBackOff", count=2)),
        Action.WAIT_FOR_START, ("503",)),
    "a name that is taken for a moment": (waiting("CreateContainerError", "failed to reserve container name"),
                                          Action.WAIT_FOR_START, ("reserve",)),
    "a GPU that its node does not find": (
        waiting("CreateContainerError", "unresolvable CDI devices nvidia.com/gpu=0"), Action.RETRY, ("CDI",)),
    "registry away": (waiting("RegistryUnavailable", "503 Service Unavailable"), Action.WAIT_FOR_START, ("503",)),
    "no such image": (waiting("ErrImagePull", "manifest unknown: not found"), Action.FAIL, (IMAGE, "manifest unknown")),
    "image not to be had": (waiting("ErrImagePull", "401 Unauthorized"), Action.FAIL, (IMAGE, "401")),
    "no such Secret": (waiting("CreateContainerConfigError", 'secret "lake-keys" not found'), Action.FAIL,
                       ("The Kubernetes Secret lake-keys is not in the namespace ml",)),
    "a Secret that comes late": (
        waiting("CreateContainerConfigError", "failed to sync secret cache: timed out waiting for the condition"),
        Action.WAIT_FOR_START, ()),
    "a GPU driver that fails": (ended(128, "StartError", "nvidia-container-cli: initialization error: nvml error"),
                                Action.RETRY, ("nvidia-container-cli",)),
    "no python in the image": (ended(128, "StartError", 'exec: "python": executable file not found in $PATH'),
                               Action.FAIL, ("trainer image", "executable file not found")),
    "a sidecar that crashes": (
        Shape({"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "True"}],
               "initContainerStatuses": [container({"waiting": {"reason": "CrashLoopBackOff"}}, "istio")]}),
        Action.FAIL, ("The container istio", "CrashLoopBackOff", "OWNVOICE_TRAINER_LABELS")),
    "a sidecar whose image cannot be pulled": (
        waiting_sidecar("ImagePullBackOff", f'Back-off pulling image "{SIDECAR}"'),
        Action.FAIL, ("The container istio", SIDECAR)),
    "a sidecar whose registry is busy": (
        waiting_sidecar("ErrImagePull", "", event("Failed", f'Failed to pull image "{SIDECAR}": 503')),
        Action.WAIT_FOR_START, ("The container istio", "503")),
    "a sidecar without its Secret": (
        waiting_sidecar("CreateContainerConfigError", 'secret "mesh-keys" not found'),
        Action.FAIL, ("The container istio", "mesh-keys")),
    "an image that is slow while a sidecar's was not to be had": (
        waiting("ErrImagePull", "503", event("Failed", f'Failed to pull image "{IMAGE}": 503'),
                event("Failed", f'Failed to pull image "{SIDECAR}": not found', count=9)),
        Action.WAIT_FOR_START, (IMAGE, "503")),
    "an init container without memory": (
        Shape({"phase": "Failed", "initContainerStatuses": [
            container({"terminated": {"exitCode": 137, "reason": "OOMKilled"}}, "istio")]}),
        Action.FAIL, ("The container istio", "OWNVOICE_TRAINER_LABELS")),
    "a sidecar that was killed for its memory and started again": (
        Shape(running().status | {"initContainerStatuses": [container({"running": {}}, "istio") | {
            "lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}}]}), Action.GO_ON, ()),
    "no disk on the node for the image": (waiting("ImagePullBackOff", "failed to extract: no space left on device"),
                                          Action.RETRY, ("no space left on device",)),
    "a container that could not be started in time": (ended(128, "StartError", "context deadline exceeded"),
                                                      Action.RETRY, ("context deadline exceeded",)),
    "no such runtime on the node": (
        waiting("ContainerCreating", "", event("FailedCreatePodSandBox", 'no runtime for "nvidia" is configured')),
        Action.FAIL, ("OWNVOICE_TRAINER_RUNTIME_CLASS", "no runtime for")),
}  # fmt: skip


@pytest.mark.parametrize("name", FATES)
def test_each_shape_of_a_pod_has_its_fate_and_a_sentence(name):
    shape, action, words = FATES[name]
    fate = fate_of(shape)
    assert fate.action is action, fate
    assert all(word in fate.text for word in words), fate.text
    assert "{" not in fate.text.replace("{gpu: yes}", ""), "every blank is filled in"
    assert "\n" not in fate.text


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        (ended(137, "OOMKilled"), "the 2Gi of memory that its pod gets"),
        (unschedulable(f"{NODES}3 Insufficient memory."), "wait for a node with 2Gi of memory free"),
        (unschedulable(f"{NODES}3 Insufficient cpu."), "wait for a node with 1 CPU free"),
    ],
)
def test_a_pod_that_publishes_is_not_told_of_the_settings_of_one_that_trains(shape, words):
    text = fate_of(shape, limits=PUBLISHING).text
    assert words in text
    assert "OWNVOICE_TRAINER_MEMORY" not in text and "OWNVOICE_TRAINER_CPU" not in text


@pytest.mark.parametrize("reason", DISRUPTIONS)
@pytest.mark.parametrize("code", [None, 137, 143])
def test_a_pod_that_was_ended_from_outside_is_resumed(reason, code):
    for shape in (failed(reason, code=code), failed("", code=code, disruption=reason)):
        fate = fate_of(shape)
        assert fate.action is Action.RETRY, fate
        assert DISRUPTIONS[reason] in fate.text or code is not None, fate.text


@pytest.mark.parametrize("reason", START_FAULTS)
def test_what_the_kubelet_cannot_start_fails_at_once(reason):
    fate = fate_of(waiting(reason, "some words of the kubelet"))
    assert fate.action is Action.FAIL
    assert 'Kubernetes says: "some words of the kubelet"' in fate.text


def test_a_wait_for_a_node_ends_with_its_cause_and_the_setting():
    shape = unschedulable(f"{NODES}3 Insufficient nvidia.com/gpu.")
    assert fate_of(shape, age_s=3599).action is Action.WAIT_FOR_NODE
    fate = fate_of(shape, age_s=3600)
    assert fate.action is Action.FAIL
    assert fate.text.startswith("The pod got no node within OWNVOICE_TRAINER_CAPACITY_TIMEOUT_S (3600 s).")
    assert "3 Insufficient nvidia.com/gpu" in fate.text


def test_the_clock_of_the_start_is_another_and_begins_with_the_node():
    long_pending = waiting("ContainerCreating")
    long_pending.status["conditions"][0] = {
        "type": "PodScheduled", "status": "True", "lastTransitionTime": stamped(NOW - dt.timedelta(seconds=60)),
    }  # fmt: skip
    assert fate_of(long_pending, age_s=9000).action is Action.WAIT_FOR_START
    fate = fate_of(waiting("ContainerCreating"), age_s=1800)
    assert fate.action is Action.FAIL
    assert "OWNVOICE_TRAINER_STARTUP_TIMEOUT_S (1800 s)" in fate.text


def test_a_pod_that_was_to_end_long_ago_is_on_a_lost_node():
    assert fate_of(running(), deletion_s=30).action is Action.GO_ON, "it may still write its checkpoint"
    fate = fate_of(running(), deletion_s=600)
    assert (fate.action, "lost" in fate.text) == (Action.RETRY, True)


def test_a_pod_past_its_deadline_that_its_node_does_not_end_is_on_a_lost_node():
    long_ago = stamped(NOW - dt.timedelta(seconds=81_000))
    overdue = Shape(running().status | {"startTime": long_ago})
    assert fate_of(overdue).action is Action.RETRY


def test_keys_are_in_no_sentence():
    said = "HUB_ACCESS: https://ann:s3cret@hub.example refuses hf_abcdefghijklmnopqrstu. (1.0 s)"
    text = fate_of(ended(20, message=said)).text
    assert "refuses ***" in text
    assert "s3cret" not in text


QUOTA = 'pods "x" is forbidden: exceeded quota: gpus, requested: {gpu}=1, used: {gpu}=1, limited: {gpu}=1'
SMALL = (
    'pods "x" is forbidden: exceeded quota: q, requested: {gpu}=1,limits.memory=64Gi, used: {gpu}=0, limited: {gpu}=4,'
)
REFUSALS = {
    (403, SMALL.format(gpu="requests.nvidia.com/gpu") + "limits.memory=32Gi"):
        (Action.FAIL, "The quota of the namespace ml is smaller than the pod"),
    (403, SMALL.format(gpu="requests.nvidia.com/gpu") + "limits.memory=64Gi"): (Action.WAIT_FOR_NODE, "is used up"),
    (403, 'pods "x" is forbidden: failed quota: q: must specify limits.hugepages-2Mi for: base'):
        (Action.FAIL, "does not name"),
    (403, QUOTA.format(gpu="requests.nvidia.com/gpu")): (Action.WAIT_FOR_NODE, "The quota of the namespace ml is used"),
    (403, 'pods is forbidden: User "a" cannot get resource "pods" in the namespace "ml": role "r" not found'):
        (Action.FAIL, "docker/helm/trainer-role.yaml"),
    (409, 'the object has been modified'): (Action.RETRY, "could not decide"),
    (403, 'pods is forbidden: User "airflow" cannot create resource "pods" in API group "" in the namespace "ml"'):
        (Action.FAIL, "docker/helm/trainer-role.yaml"),
    (403, 'pods "x" is forbidden: violates PodSecurity "restricted:latest": seccompProfile'):
        (Action.FAIL, "Pod Security"),
    (403, 'pods "x" is forbidden: maximum memory usage per Container is 32Gi, but limit is 64Gi'):
        (Action.FAIL, "LimitRange"),
    (403, 'pods "x" is forbidden: error looking up service account ml/trainer: serviceaccount "trainer" not found'):
        (Action.FAIL, "OWNVOICE_TRAINER_SERVICE_ACCOUNT"),
    (403, 'pods "x" is forbidden: no PriorityClass with name high was found'):
        (Action.FAIL, "OWNVOICE_TRAINER_PRIORITY_CLASS"),
    (403, 'pods "x" is forbidden: pod rejected: RuntimeClass "nvidia" not found'):
        (Action.FAIL, "OWNVOICE_TRAINER_RUNTIME_CLASS"),
    (403, 'pods "x" is forbidden: unable to create new content in namespace ml because it is being terminated'):
        (Action.FAIL, "is being deleted"),
    (403, "something that nobody has heard of"): (Action.FAIL, "something that nobody has heard of"),
    (404, 'namespaces "ml" not found'): (Action.FAIL, "OWNVOICE_TRAINER_NAMESPACE"),
    (404, "page not found"): (Action.FAIL, "address of the Airflow connection"),
    (400, 'admission webhook "validate.kyverno.svc" denied the request: label team is missing'):
        (Action.FAIL, "label team is missing"),
    (500, 'Internal error occurred: failed calling webhook "mutate.example": timed out'): (Action.RETRY, "asks again"),
    (422, 'Pod "x" is invalid: spec.containers[0].resources.limits[memory]: Invalid'): (Action.FAIL, "limits[memory]"),
    (401, "Unauthorized"): (Action.FAIL, "credentials"),
    (503, ""): (Action.FIND_AGAIN, "does not answer"),
    (429, "too many requests"): (Action.FIND_AGAIN, "does not answer"),
    (0, "Connection refused"): (Action.FIND_AGAIN, "Connection refused"),
}  # fmt: skip


@pytest.mark.parametrize(("answer", "wanted"), REFUSALS.items(), ids=[words[:40] for _, words in REFUSALS])
def test_each_refusal_of_the_cluster_says_what_to_do(answer, wanted):
    fate = judge_refusal(*answer, "ml")
    assert (fate.action, wanted[1] in fate.text) == (wanted[0], True), fate
