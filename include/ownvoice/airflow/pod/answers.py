"""Errors of the two Kubernetes clients, the connection's included, as what is done about them."""

from __future__ import annotations

import json
import re
from typing import Any

from aiohttp import ClientError
from airflow.providers.cncf.kubernetes.exceptions import KubernetesApiError
from airflow.providers.cncf.kubernetes.kubernetes_helper_functions import TRANSIENT_CONNECTION_ERRORS
from airflow.sdk.exceptions import AirflowNotFoundException
from kubernetes.client.exceptions import ApiException
from kubernetes.config import ConfigException
from kubernetes.utils.quantity import parse_quantity
from kubernetes_asyncio.client.exceptions import ApiException as AsyncApiException
from kubernetes_asyncio.config import ConfigException as AsyncConfigException

from ownvoice.airflow.pod import refusals
from ownvoice.airflow.pod.fates import Action, Fate
from ownvoice.airflow.pod.reading import quoted

_BAD_CONNECTION = (
    "The Airflow connection that OWNVOICE_TRAINER_KUBERNETES_CONN_ID names does not exist, or does not say in a usable "
    "way how a cluster is reached. Correct it, then clear the task."
)


# As a quota says them: requested: requests.nvidia.com/gpu=2, used: ...=0, limited: requests.nvidia.com/gpu=1
_ASKED = re.compile(r"requested: (.*?), used:")
_LIMIT = re.compile(r"limited: (.*)$")
_AMOUNT = re.compile(r"([\w./-]+)=(\d\w*)")

# What a client raises; anything else is an error of ours.
ANSWERS = (
    *(ApiException, AsyncApiException, KubernetesApiError, OSError, ClientError, *TRANSIENT_CONNECTION_ERRORS),
    *(ConfigException, AsyncConfigException, AirflowNotFoundException),
)


def judge_answer(error: Exception, namespace: str) -> Fate:
    """Return what is done about one of `ANSWERS`."""
    if isinstance(error, AirflowNotFoundException | ConfigException | AsyncConfigException):
        return Fate(Action.FAIL, _BAD_CONNECTION)
    if isinstance(error, ApiException | AsyncApiException):
        return judge_refusal(int(error.status or 0), _words(error), namespace)
    return judge_refusal(0, f"{type(error).__name__}: {error}", namespace)


def judge_refusal(status: int, words: str, namespace: str) -> Fate:
    """Return what is done where the cluster does not make, show or delete a pod.

    `status` is that of HTTP, 0 where the cluster did not answer at all.
    """
    if status == 0 or status in (408, 429) or (status >= 500 and not words):
        return Fate(Action.FIND_AGAIN, refusals.UNREACHABLE_TEXT + quoted(words))
    if _never_fits(words):
        return Fate(Action.FAIL, refusals.QUOTA_TOO_SMALL_TEXT.format(namespace=namespace) + quoted(words))
    for sign, action, text in refusals.REFUSALS:
        if sign.search(words):
            return Fate(action, text.format(namespace=namespace) + quoted(words))
    if status >= 500 or status == 409:
        return Fate(Action.FIND_AGAIN, refusals.UNREACHABLE_TEXT + quoted(words))
    action, text = refusals.BY_STATUS.get(status, (Action.FAIL, refusals.REFUSED_TEXT))
    return Fate(action, text + quoted(words))


def _never_fits(words: str) -> bool:
    """Whether a quota refuses a pod that is larger than the whole quota."""
    asked, limit = (dict(_AMOUNT.findall(part[1])) if (part := sign.search(words)) else {} for sign in (_ASKED, _LIMIT))
    return any(parse_quantity(amount) > parse_quantity(limit[name]) for name, amount in asked.items() if name in limit)


def _words(error: Any) -> str:
    """Return what the API says of an error: its `message`, else the reason of HTTP."""
    try:
        said = json.loads(error.body)["message"]
    except (TypeError, ValueError, KeyError):
        said = error.reason
    return str(said or "")
