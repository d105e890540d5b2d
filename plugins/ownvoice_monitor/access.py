"""Who may see what: the Airflow login, and the right to read the DAG whose data a page shows."""

from __future__ import annotations

import threading
import time
from functools import lru_cache

from airflow.api_fastapi.core_api.security import requires_access_dag
from fastapi import Depends

from ownvoice.config.settings import load_settings
from ownvoice.storage.aws import Patience
from ownvoice.storage.lake import Lake

MAY_READ_REFRESHES = Depends(requires_access_dag("GET", param_dag_id="refresh_preferences"))
MAY_READ_TRAININGS = Depends(requires_access_dag("GET", param_dag_id="train_dpo"))
MAY_READ_THE_DAG_IN_THE_ADDRESS = Depends(requires_access_dag("GET"))

_KEPT_S = 60


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
