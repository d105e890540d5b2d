"""Why a cluster refuses to make, show or delete a pod, by what its answer says: the table."""

from __future__ import annotations

import re

from ownvoice.airflow.pod.fates import Action

REFUSALS: tuple[tuple[re.Pattern[str], Action, str], ...] = tuple(
    (re.compile(words, re.IGNORECASE), action, text)
    for words, action, text in (
        (
            r"failed quota",
            Action.FAIL,
            "The quota of the namespace {namespace} wants an amount that the pod does not name. Change the quota.",
        ),
        (
            r"exceeded quota",
            Action.WAIT_FOR_NODE,
            "The quota of the namespace {namespace} is used up. Wait for other pods to end, or raise it.",
        ),
        (
            r"status unknown for quota|failed calling webhook|conversion webhook|object has been modified|etcdserver",
            Action.RETRY,
            "The cluster could not decide on the pod. The next try asks again.",
        ),
        (
            r"violates podsecurity",
            Action.FAIL,
            "The Pod Security of the namespace {namespace} refuses the pod, which meets `restricted` as Ownvoice makes "
            "it. Look at what the cluster adds to its pods.",
        ),
        (
            r"admission webhook .* denied|denied the request|validatingadmissionpolicy",
            Action.FAIL,
            "A policy of the cluster refuses the pod. Meet it with OWNVOICE_TRAINER_LABELS, _ANNOTATIONS or the "
            "other settings of the pod.",
        ),
        (
            r"(?:maximum|minimum) .* usage per|limitrange|limit to request ratio",
            Action.FAIL,
            "A LimitRange of the namespace {namespace} allows no such pod. Change OWNVOICE_TRAINER_MEMORY, _CPU or "
            "_SCRATCH, or the LimitRange.",
        ),
        (
            r"serviceaccount .* not found|error looking up service account",
            Action.FAIL,
            "The service account is not in the namespace {namespace}. Make it, or correct "
            "OWNVOICE_TRAINER_SERVICE_ACCOUNT.",
        ),
        (
            r"priorityclass",
            Action.FAIL,
            "The cluster knows no such priority class. Make it, or correct OWNVOICE_TRAINER_PRIORITY_CLASS.",
        ),
        (
            r"runtimeclass",
            Action.FAIL,
            "The cluster knows no such runtime class. Make it, or correct OWNVOICE_TRAINER_RUNTIME_CLASS.",
        ),
        (
            r"being terminated",
            Action.FAIL,
            "The namespace {namespace} is being deleted. Correct OWNVOICE_TRAINER_NAMESPACE.",
        ),
        (
            r'namespaces? "[^"]+" not found',
            Action.FAIL,
            "The namespace {namespace} does not exist. Make it, or correct OWNVOICE_TRAINER_NAMESPACE.",
        ),
        (
            r"cannot \w+ resource",
            Action.FAIL,
            "The Airflow connection of the cluster may not do this in the namespace {namespace}. Give its account the "
            "Role in docker/helm/trainer-role.yaml.",
        ),
    )
)
QUOTA_TOO_SMALL_TEXT = (
    "The quota of the namespace {namespace} is smaller than the pod. Raise it, or ask for less with "
    "OWNVOICE_TRAINER_GPU_COUNT, _MEMORY, _CPU or _SCRATCH."
)
_CREDENTIALS = "The cluster does not accept the credentials of its Airflow connection. Renew them, then clear the task."
REFUSED_TEXT = "The cluster refuses the pod. Correct the settings of the pod, then clear the task."
UNREACHABLE_TEXT = (
    "The cluster does not answer. Check the Airflow connection of the cluster and the network; the next try finds the "
    "pod again where it runs."
)
BY_STATUS: dict[int, tuple[Action, str]] = {
    401: (Action.FAIL, _CREDENTIALS),
    403: (Action.FAIL, REFUSED_TEXT),
    404: (Action.FAIL, "The address of the Airflow connection is not that of a cluster, or its namespace is gone."),
}
