"""What a failed task reports: the cause in one line of its own log, and a message through the configured notifiers.

Airflow calls these callbacks in the task's process after the task's state is final; for a process that was killed, in
the one that reads DAG files. An error in a callback changes no state.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pkgutil import resolve_name
from typing import Any

from airflow.sdk.exceptions import AirflowException, AirflowTaskTimeout
from airflow.sdk.execution_time.timeout import TimeoutPosix

from ownvoice.airflow.connections import open_lake
from ownvoice.airflow.run_ids import lake_run_id
from ownvoice.config.settings import load_settings
from ownvoice.errors import OwnvoiceError, StorageError
from ownvoice.storage.layout import RunKeys
from ownvoice.terminal import printable

_log = logging.getLogger(__name__)

_NOTIFIER_TIMEOUT_S = 30  # a notifier that hangs must not hold a worker
_MAX_CHARS = 1000
_UNKNOWN_ERROR = (
    "The trace above says where. Clear the task to try again: what is in the lake is neither lost nor repeated."
)


def on_retry(context: Any) -> None:
    """Log why this try failed. No message is sent, since the next try may succeed."""
    _log.warning("%s Another try follows.", cause(context))


def on_failure(context: Any) -> None:
    """Log why the task failed, and notify: once a task, however many of its mapped instances fail."""
    line = cause(context)
    _log.error("%s", line)
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


CALLBACKS = {"on_failure_callback": on_failure, "on_retry_callback": on_retry}
"""The arguments of a task that has both."""


def cause(context: Any) -> str:
    """Return one line: task, class of the error, the batch and its chunks by state, and what to do."""
    error = context.get("exception")
    kind = type(error).__name__ if isinstance(error, BaseException) else "it was killed, or its worker was lost"
    about = "".join(f", {clause}" for clause in _batch(context, error))
    text = " ".join(printable(f"{context['ti'].task_id} failed ({kind}{about}): {_what_to_do(error)}").split())
    return text if len(text) <= _MAX_CHARS else f"{text[:_MAX_CHARS]} …"


def _what_to_do(error: Any) -> str:
    if isinstance(error, OwnvoiceError):
        return str(error)
    if isinstance(error, AirflowTaskTimeout):
        return "It ran past its time limit. Clear it: the next try resumes from what is stored."
    if isinstance(error, AirflowException) and str(error).strip():
        return str(error).strip().splitlines()[0]
    # The text of a library's error may hold anything, a key too: it stays in the trace and goes into no message.
    return _UNKNOWN_ERROR if isinstance(error, BaseException) else "Look at the worker's memory, then clear the task."


def _batch(context: Any, error: Any) -> Iterator[str]:
    """Yield the batch with its size and, where its outcomes can be read, its chunks by state."""
    batch = (getattr(context.get("task"), "op_kwargs", None) or {}).get("batch")
    if not isinstance(batch, dict):
        return
    yield f"{batch['name']} of {batch['chunks']} chunks"
    if isinstance(error, StorageError):
        return  # the lake would be asked in vain, for as long as its retries take
    from ownvoice.llm.outcomes import count_states

    try:
        states = count_states(open_lake(), lake_run_id(context["ti"]), batch["name"])
    except Exception as fault:
        _log.debug("the outcomes of the batch cannot be read: %s", fault)
    else:
        yield from (f"{count} {state}" for state, count in states.items())


def _is_first(context: Any) -> bool:
    """Say whether this is the task's first mapped instance to notify since the run was last cleared."""
    ti = context["ti"]
    cleared = getattr(context.get("dag_run"), "clear_number", 0)  # the context of a killed task may lack the run
    key = RunKeys(lake_run_id(ti)).told(ti.task_id, cleared)
    try:
        return open_lake().store.create(key, b"")
    except Exception:
        return ti.map_index in (None, -1, 0)  # without a lake that remembers it, the first instance notifies for all
