"""What a cluster, or a key that must not be seen, rules out in the settings of a pod: names, labels, variables."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

_NAME_PART = r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?"
_LABEL_VALUE = re.compile(rf"(?:{_NAME_PART})?")
_QUALIFIED_NAME = re.compile(rf"(?:(?=.{{1,253}}/)[a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?{_NAME_PART}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

# By these Airflow and Ownvoice find a pod again.
_OWN_LABELS = frozenset(
    {
        *(
            "dag_id",
            "task_id",
            "run_id",
            "try_number",
            "map_index",
            "parent_dag_id",
            "already_checked",
            "airflow_version",
        ),
        *("kubernetes_pod_operator", "airflow_kpo_in_cluster", "airflow-worker", "app.kubernetes.io/name"),
    }
)
# These a pod gets from Ownvoice, or its trainer could not start without.
_OWN_VARIABLES = frozenset(
    {
        *("HOME", "TMPDIR", "PATH", "PYTHONPATH", "PYTHONHOME", "PYTHONUNBUFFERED", "HF_HOME", "HF_HUB_CACHE"),
        "UNSLOTH_DISABLE_CPU_FALLBACK",
    }
)
_SECRET_NAME = re.compile(
    r"(?:^|_)(?:\w*TOKEN|(?:API|SSH)?KEYS?|KEY_ID|\w*SECRETS?|\w*PASSWORD|PASS(?:WD|PHRASE)?|CREDENTIALS?)$",
    re.IGNORECASE,
)
_SECRET_VALUE = re.compile(
    r"://[^/\s@]*:[^/\s@]+@"  # the password of an address, a proxy's too
    r"|\bhf_\w{20,}|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bsk-[\w-]{20,}|-----BEGIN |\beyJ[\w-]{10,}\.[\w-]{10,}\."
)


def _labels(labels: dict[str, str]) -> dict[str, str]:
    for name, value in _annotations(labels).items():
        if name in _OWN_LABELS:
            raise ValueError(f"the label {name} is set by Airflow or Ownvoice; leave it out")
        if not _LABEL_VALUE.fullmatch(value):
            raise ValueError(
                f"the label {name} has the value {value!r}, which Kubernetes refuses: at most 63 letters, digits, "
                "'-', '_' and '.', with a letter or digit at both ends"
            )
    return labels


def _annotations(annotations: dict[str, str]) -> dict[str, str]:
    for name in annotations:
        if not _QUALIFIED_NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name that Kubernetes takes, such as example.com/team")
    return annotations


def _environment(variables: dict[str, str]) -> dict[str, str]:
    for name, value in variables.items():
        if not _VARIABLE.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a variable: letters, digits and '_'")
        if name in _OWN_VARIABLES or name.startswith("OWNVOICE_"):
            raise ValueError(f"the variable {name} is set by Ownvoice, or another setting sets it; leave it out")
        if _SECRET_NAME.search(name) or _SECRET_VALUE.search(value):
            raise ValueError(
                f"the variable {name} looks like a key, and everyone who may see the pod could read it. Put it into a "
                "Kubernetes Secret, and name that in OWNVOICE_TRAINER_TRAIN_SECRETS or _PUBLISH_SECRETS"
            )
    return variables


ObjectName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$")]
"""The name of an object of Kubernetes."""

PodLabels = Annotated[dict[str, str], AfterValidator(_labels)]
PodAnnotations = Annotated[dict[str, str], AfterValidator(_annotations)]
Environment = Annotated[dict[str, str], AfterValidator(_environment)]
"""Variables that are no secret. Values are in no message, since one may be a key after all."""
