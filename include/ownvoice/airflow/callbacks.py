"""What a failed or retried task says: one line of cause in its own log, and a message where a notifier is configured.

Airflow calls these in the task's own process once its fate is sealed, or, for a process that was killed, in the one
that reads DAG files. Nothing that goes wrong here can change what becomes of the task.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pkgutil import resolve_name
from typing import Any

from airflow.sdk.exceptions import AirflowException, AirflowTaskTimeout
from airflow.sdk.execution_time.timeout import TimeoutPosix

from ownvoice.airflow.connections import open_lake
from ownvoice.config.settings import load_settings
from ownvoice.errors import OwnvoiceError, StorageError
from ownvoice.storage.layout import RunKeys
from ownvoice.terminal import printable

_log = logging.getLogger(__name__)

_PATIENCE_S = 30  # a notifier that hangs must not hold a worker
_MAX_CHARS = 1000
_UNFORESEEN = (
    "The trace above says where. Clear the task to try again: what is in the lake is neither lost nor repeated."
)


def on_retry(context: Any) -> None:
    """Say in the task's log why this try failed; no message is sent, since the next try may mend it."""
    _log.warning("%s; another try follows by itself.", cause(context))


def on_failure(context: Any) -> None:
    """Say in the task's log why it failed, and tell the configured notifiers: once a task, however many are mapped."""
    message = cause(context)
    _log.error("%s", message)
    notifiers = load_settings().notifiers
    if not notifiers or not _is_first(context):
        return
    ti = context["ti"]
    told = f"{ti.dag_id} {ti.run_id}: {message} {ti.log_url}"
    for path, arguments in notifiers.items():
        try:
            with TimeoutPosix(_PATIENCE_S):  # type: ignore[no-untyped-call]  # Airflow ships it without types
                resolve_name(path)(**arguments)({**context, "message": told})
        except (Exception, AirflowTaskTimeout) as error:
            _log.warning("the notifier %s could not tell of it: %s: %s", path, type(error).__name__, error)


TELLING = {"on_failure_callback": on_failure, "on_retry_callback": on_retry}


def cause(context: Any) -> str:
    """Return one line: task, class of the error, the chunks it is about, and what to do."""
    error = context.get("exception")
    kind = type(error).__name__ if isinstance(error, BaseException) else "it was killed, or its worker was lost"
    about = "".join(f", {clause}" for clause in _chunks(context, error))
    text = " ".join(printable(f"{context['ti'].task_id} failed ({kind}{about}): {_what_to_do(error)}").split())
    return text if len(text) <= _MAX_CHARS else f"{text[:_MAX_CHARS]} …"


def _what_to_do(error: Any) -> str:
    if isinstance(error, OwnvoiceError):
        return str(error)
    if isinstance(error, AirflowTaskTimeout):
        return "It ran past its longest time. Clear it: the next try goes on from what is kept."
    if isinstance(error, AirflowException) and str(error).strip():
        return str(error).strip().splitlines()[0]
    # The text of a library's own error may hold anything; it stands in the trace, and goes into no message.
    return _UNFORESEEN if isinstance(error, BaseException) else "Look at the worker's memory, then clear the task."


def _chunks(context: Any, error: Any) -> Iterator[str]:
    """Yield the batch with its size, and what became of its chunks where that is known."""
    batch = (getattr(context.get("task"), "op_kwargs", None) or {}).get("batch")
    if not isinstance(batch, dict):
        return
    yield f"{batch['name']} of {batch['chunks']} chunks"
    if isinstance(error, StorageError):
        return  # it would be asked for in vain, and with patience
    from ownvoice.llm.outcomes import count_states

    try:
        states = count_states(open_lake(), context["ti"].run_id, batch["name"])
    except Exception as fault:
        _log.debug("what became of the chunks cannot be read: %s", fault)
    else:
        yield from (f"{count} {state}" for state, count in states.items())


def _is_first(context: Any) -> bool:
    """Say whether no other mapped instance of the task has told of it since the run was last cleared."""
    ti = context["ti"]
    cleared = getattr(context.get("dag_run"), "clear_number", 0)  # of a killed task there may be no run to ask
    key = RunKeys(ti.run_id).told(ti.task_id, cleared)
    try:
        return open_lake().store.create(key, b"")
    except Exception:
        return ti.map_index in (None, -1, 0)  # without a lake to remember it in, the first speaks for all
