"""One message through the notifiers of `OWNVOICE_NOTIFIERS`; an error in one keeps no other from telling."""

from __future__ import annotations

import logging
from pkgutil import resolve_name
from typing import Any

from airflow.sdk.exceptions import AirflowTaskTimeout
from airflow.sdk.execution_time.timeout import TimeoutPosix

from ownvoice.airflow.connections import open_lake
from ownvoice.airflow.run_ids import lake_run_id
from ownvoice.config.settings import load_settings
from ownvoice.storage.run_keys import RunKeys

_log = logging.getLogger(__name__)

_NOTIFIER_TIMEOUT_S = 30  # a notifier that hangs must not hold a worker


def notify(context: Any, line: str) -> None:
    """Send `line`, between its run and the address of its log: once a task since the run was last cleared."""
    notifiers = load_settings().notifiers
    if not notifiers or not _is_first(context):
        return
    ti = context["ti"]
    message = f"{ti.dag_id} {ti.run_id}: {line} {ti.log_url}"
    for path, arguments in notifiers.items():
        try:
            with TimeoutPosix(_NOTIFIER_TIMEOUT_S):  # type: ignore[no-untyped-call]  # Airflow ships it without types
                resolve_name(path)(**arguments)({**context, "message": message})
        except (Exception, AirflowTaskTimeout) as error:
            _log.warning("the notifier %s failed: %s: %s", path, type(error).__name__, error)


def _is_first(context: Any) -> bool:
    """Say whether this is the task's first mapped instance to notify since the run was last cleared."""
    ti = context["ti"]
    cleared = getattr(context.get("dag_run"), "clear_number", 0)  # the context of a killed task may lack the run
    key = RunKeys(lake_run_id(ti)).told(ti.task_id, cleared)
    try:
        return open_lake().store.create(key, b"")
    except Exception:
        return ti.map_index in (None, -1, 0)  # without a lake that remembers it, the first instance notifies for all
