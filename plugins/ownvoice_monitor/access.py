"""Who may see what: the Airflow login, and the right to read the DAG whose data a page shows."""

from __future__ import annotations

import threading
import time
from functools import lru_cache

from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity
from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_dag
from airflow.configuration import conf
from fastapi import Depends, HTTPException, Request

from ownvoice.config.settings import load_settings
from ownvoice.storage.aws import Patience
from ownvoice.storage.lake import Lake

MAY_READ_REFRESHES = Depends(requires_access_dag("GET", param_dag_id="refresh_preferences"))
MAY_READ_TRAININGS = Depends(requires_access_dag("GET", param_dag_id="train_dpo"))
MAY_READ_TAKEDOWNS = Depends(requires_access_dag("GET", param_dag_id="takedown"))
MAY_READ_FEEDBACK = Depends(requires_access_dag("GET", param_dag_id="collect_feedback"))
MAY_READ_THE_DAG_IN_THE_ADDRESS = Depends(requires_access_dag("GET"))

_may_answer = requires_access_dag("PUT", DagAccessEntity.HITL_DETAIL, "review_pairs")

_KEPT_S = 60


class RefusedError(HTTPException):
    """A refusal whose detail is a sentence for whoever is refused."""


def reviewer(request: Request, user: GetUserDep) -> str:
    """Return the name of who is logged in, where they may answer required actions of `review_pairs`."""
    try:
        _may_answer(request, user)
    except HTTPException as error:
        if error.status_code != 403:
            raise
        raise RefusedError(
            403,
            "Your Airflow role may read, but not review: that takes the right to answer the required actions of the "
            "DAG review_pairs (role User or above). Ask whoever administers this Airflow.",
        ) from None
    return user.get_name()


def everyone_is_one_user() -> bool:
    """Whether Airflow runs without logins, so that it cannot tell one reviewer from another."""
    simple = "SimpleAuthManager" in conf.get("core", "auth_manager", fallback="")
    return simple and conf.getboolean("core", "simple_auth_manager_all_admins", fallback=False)


def lake() -> Lake:
    """Return the lake of the settings with the connection `aws_lake`, which tasks open too.

    Its client gives up within the deadline of a page and tries nothing again: a person can load a page again. It is
    opened again every minute, so that a changed connection takes effect without a restart.
    """
    with _opening:
        return _opened(int(time.monotonic() // _KEPT_S))


_opening = threading.Lock()


@lru_cache(maxsize=1)
def _opened(_minute: int) -> Lake:
    from ownvoice.airflow.connections import open_lake

    deadline_s = load_settings().page_deadline_s
    return open_lake(Patience(response_s=deadline_s, connect_s=deadline_s / 2, retries=0))
