"""What is seen of a trainer's pod, and what is done about it: the tables, and the rules for reading them.

Three clocks bound three kinds of waiting: for a node with room (`OWNVOICE_TRAINER_CAPACITY_TIMEOUT_S`), then for image
and volumes (`OWNVOICE_TRAINER_STARTUP_TIMEOUT_S`), then for the training (`OWNVOICE_TRAINER_DEADLINE_S`). What a retry
can mend is retried, and the next try resumes from the last checkpoint; what it cannot mend fails at once. The words are
those of Kubernetes 1.36 and of containerd; all that is read of a pod is its status, its events and its own requests.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """What is done about a pod."""

    GO_ON = "go on"
    WAIT_FOR_NODE = "wait for a node"
    WAIT_FOR_START = "wait for its start"
    DONE = "done"
    RETRY = "retry"
    FIND_AGAIN = "find again"  # a retry that finds the same pod, which may still run
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Fate:
    """What is done about a pod, and the sentence that says why and what to do."""

    action: Action
    text: str = ""

    @property
    def is_end(self) -> bool:
        """Whether the task has nothing more to wait for."""
        return self.action not in (Action.GO_ON, Action.WAIT_FOR_NODE, Action.WAIT_FOR_START)


_RESUMES = "The next try resumes from the last checkpoint."
_CLEAR = "then clear the task: it resumes from the last checkpoint."

# -- How a pod ends that was not ended by its trainer

SCRATCH_TEXT = (
    "The trainer wrote more to its disk than OWNVOICE_TRAINER_SCRATCH ({scratch}) allows. Raise it, " + _CLEAR
)
SHARED_MEMORY_TEXT = (
    "The trainer wrote more to /dev/shm than OWNVOICE_TRAINER_SHARED_MEMORY ({shared_memory}) allows. Raise it, "
    + _CLEAR
)
MEMORY_TEXT = (
    "The trainer was killed because it needed more memory than OWNVOICE_TRAINER_MEMORY ({memory}) allows{used}. It is "
    "the machine's memory, not the GPU's. Raise it, " + _CLEAR
)
FIXED_MEMORY_TEXT = (
    "Publishing was killed because it needed more than the {memory} of memory that its pod gets; no setting raises it. "
    "Nothing is trained again: publish with `python -m ownvoice.publishing` on a machine with more."
)
OTHERS_MEMORY_TEXT = (
    "The container {container}, which the cluster adds to its pods, was killed because it needed more memory than its "
    "limit. Raise that limit, or leave the container out with OWNVOICE_TRAINER_LABELS or _ANNOTATIONS."
)
DEADLINE_TEXT = (
    "The training took longer than OWNVOICE_TRAINER_DEADLINE_S ({deadline_s} s) and was stopped. Raise it, or let the "
    "recipe do less, " + _CLEAR
)
GONE_TEXT = f"The pod is gone: its node was lost, or it was evicted, preempted or deleted. {_RESUMES}"
LOST_NODE_TEXT = f"The pod was to end and its node no longer answers: the node is lost. {_RESUMES}"

# An eviction that is the pod's own doing, by the kubelet's words; every other eviction is the node's.
OWN_LIMITS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r'emptydir volume "shm" exceeds', re.IGNORECASE), SHARED_MEMORY_TEXT),
    (
        re.compile(r"emptydir volume .* exceeds|ephemeral.* storage (?:usage exceeds|limit)", re.IGNORECASE),
        SCRATCH_TEXT,
    ),
)

# `status.reason` of a pod that failed, and the reason of its condition DisruptionTarget; another one is retried too.
STOPPED_TEXT = "The pod was stopped from outside. {why} " + _RESUMES
FAILED_TEXT = "The pod failed without an end of its own. " + _RESUMES
DISRUPTIONS: dict[str, str] = {
    "Evicted": "Its node was short of memory, disk or processes, and evicted the pod.",
    "Preempting": "A pod of the node itself took its place.",
    "Preempted": "A pod of higher priority took its place.",
    "PreemptionByScheduler": "A pod of higher priority took its place.",
    "PreemptionByKubeScheduler": "A pod of higher priority took its place.",
    "DeletionByTaintManager": "Its node got a taint that the pod does not tolerate, or was lost.",
    "EvictionByEvictionAPI": "Its node was drained.",
    "TerminationByKubelet": "Its node evicted the pod or shut down.",
    "DeletionByPodGC": "Its node was lost.",
    "NodeLost": "Its node was lost.",
    "NodeShutdown": "Its node shut down.",
    "Terminated": "Its node shut down.",
    "Shutdown": "Its node shut down.",
    "NodeAffinity": "The labels of its node had changed.",
    "UnexpectedAdmissionError": "Its node could not give it what was promised, such as a GPU.",
    "TopologyAffinityError": "Its node could not give it CPUs, memory and GPUs that lie together.",
}
OUT_OF = "OutOf"  # OutOfcpu, OutOfmemory, OutOfnvidia.com/gpu: the node was full after all

# -- Why a pod does not start

# Reasons of a container that waits or could not be started, in which the kubelet tries on in vain.
START_FAULTS: dict[str, str] = {
    "InvalidImageName": "{image} is no name of an image. Correct OWNVOICE_TRAINER_IMAGE.",
    "ErrImageNeverPull": "The image {image} is not on the node, and its pull policy is Never. Load it there.",
    "ImageInspectError": "The image {image} on the node cannot be read. Delete it there, then clear the task.",
    "SignatureValidationFailed": "The signature of the image {image} is not accepted. Sign it, then clear the task.",
    "CreateContainerConfigError": (
        "The container cannot be set up: what OWNVOICE_TRAINER_TRAIN_SECRETS or _PUBLISH_SECRETS names is not there, "
        "or the image wants another user. Correct it, then clear the task."
    ),
    "CreateContainerError": "The container cannot be made from {image}. Check the image and the runtime class.",
    "RunContainerError": "The container cannot be started. Check that {image} is the trainer image.",
    "StartError": "The container cannot be started. Check that {image} is the trainer image.",
    "ContainerCannotRun": "The container cannot be started. Check that {image} is the trainer image.",
    "CrashLoopBackOff": "A container of the pod ends again and again. Look at what the cluster adds to its pods.",
}
OTHERS_START_TEXT = (
    "The container {container}, which the cluster adds to its pods, does not start ({reason}). Correct it where it is "
    "added, or leave it out with OWNVOICE_TRAINER_LABELS or _ANNOTATIONS, then clear the task."
)
NOT_THERE_TEXT = (
    "The Kubernetes Secret {secret} is not in the namespace {namespace}. Make it there, or correct "
    "OWNVOICE_TRAINER_TRAIN_SECRETS or _PUBLISH_SECRETS, then clear the task."
)
SECRET_NOT_FOUND = re.compile(r'secret "([^"]+)" not found')
PULL_TEXT = (
    "The image {image} cannot be pulled. Check OWNVOICE_TRAINER_IMAGE and OWNVOICE_TRAINER_IMAGE_PULL_SECRETS, then "
    "clear the task."
)
PULLING = frozenset({"ErrImagePull", "ImagePullBackOff", "RegistryUnavailable"})
PULL_TRIES = 5  # of the kubelet, which waits longer after each: they take about three minutes
# What another try of the kubelet may mend. A pull that fails otherwise is given up as soon as the kubelet backs off.
PASSING = re.compile(
    r"time[ -]?out|timed out|deadline exceeded|too ?many ?requests|rate limit|\b429\b|\b50[0234]\b|bad gateway"
    r"|unavailable|connection (?:refused|reset)|\bEOF\b|qps exceeded|temporary failure|try again|failed to sync"
    r"|server misbehaving|no such host|no route to host|failed to reserve container name",
    re.IGNORECASE,
)
REFUSED_PULL = re.compile(
    r"not found|manifest unknown|does not exist|access denied|unauthorized|authentication required|forbidden"
    r"|no match for platform|invalid reference",
    re.IGNORECASE,
)
NODE_FAULT = re.compile(
    r"nvidia-container|nvml|unresolvable CDI devices|no space left on device|too many open files", re.IGNORECASE
)
NODE_FAULT_TEXT = f"The node could not start the container. {_RESUMES}"

SLOW_TEXT = "The pod has its node and does not start yet."
NO_RUNTIME = re.compile(r"runtimehandler|no runtime for", re.IGNORECASE)
NO_RUNTIME_TEXT = "The node does not know the runtime class of the pod. Correct OWNVOICE_TRAINER_RUNTIME_CLASS."

# Words of the scheduler, each with what would make room.
CAPACITY_ADVICE: tuple[tuple[str, str], ...] = (
    (
        "insufficient nvidia.com/gpu",
        "wait for free GPUs or add a node with OWNVOICE_TRAINER_GPU_COUNT ({gpus}) of them",
    ),
    ("insufficient memory", "lower OWNVOICE_TRAINER_MEMORY ({memory})"),
    ("insufficient cpu", "lower OWNVOICE_TRAINER_CPU ({cpu})"),
    ("insufficient ephemeral-storage", "lower OWNVOICE_TRAINER_SCRATCH ({scratch})"),
    ("node affinity/selector", "check OWNVOICE_TRAINER_GPU_PRODUCT, _NODE_SELECTOR and _AFFINITY"),
    ("affinity rules", "check OWNVOICE_TRAINER_AFFINITY"),
    ("taint", "check OWNVOICE_TRAINER_TOLERATIONS"),
    ("volume", "check OWNVOICE_TRAINER_BASE_CACHE_CLAIM"),
)
FIXED_CAPACITY_ADVICE: tuple[tuple[str, str], ...] = (
    ("insufficient memory", "wait for a node with {memory} of memory free"),
    ("insufficient cpu", "wait for a node with {cpu} CPU free"),
)  # of a pod that publishes, whose amounts no setting changes
CLAIM_NOT_FOUND = re.compile(r'persistentvolumeclaim "([^"]+)" not found', re.IGNORECASE)
NO_CLAIM_TEXT = (
    "The PersistentVolumeClaim {claim} is not in the namespace {namespace}. Make it there, or correct "
    "OWNVOICE_TRAINER_BASE_CACHE_CLAIM, then clear the task."
)
NO_ROOM_TEXT = "No node takes the pod"
GATED_TEXT = "A queue holds the pod back ({gates}): it waits to be admitted. Look at the queue's workloads."
UNSEEN_TEXT = "No scheduler has looked at the pod yet. Check that the cluster's scheduler runs."
