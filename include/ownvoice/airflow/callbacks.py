"""What a task tells when it ends: the cause of a failure in one line of its log, and what its notifiers are to hear.

Airflow calls these callbacks in the task's process after the task's state is final; for a process that was killed, in
the one that reads DAG files. An error in a callback changes no state.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from airflow.sdk.exceptions import AirflowException, AirflowTaskTimeout

from ownvoice.airflow.connections import open_lake
from ownvoice.airflow.notifiers import notify
from ownvoice.airflow.run_ids import lake_run_id
from ownvoice.config.settings import load_settings
from ownvoice.errors import OwnvoiceError, StorageError
from ownvoice.terminal import printable

_log = logging.getLogger(__name__)

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
    notify(context, line)


def on_report(context: Any) -> None:
    """Notify of both verdicts on a refresh whose night did not pass, or whose data has something new to look at."""
    if not load_settings().notifiers:
        return
    from ownvoice.reports.report import read_report
    from ownvoice.reports.text.report import verdict_message

    report = read_report(open_lake(), lake_run_id(context["ti"]))
    if report.night.verdict != "pass" or report.data.is_new:
        notify(context, _short(verdict_message(report)))


CALLBACKS = {"on_failure_callback": on_failure, "on_retry_callback": on_retry}
"""The arguments of a task that has both."""


def cause(context: Any) -> str:
    """Return one line: task, class of the error, the batch and its chunks by state, and what to do."""
    error = context.get("exception")
    kind = type(error).__name__ if isinstance(error, BaseException) else "it was killed, or its worker was lost"
    about = "".join(f", {clause}" for clause in _batch(context, error))
    return _short(f"{context['ti'].task_id} failed ({kind}{about}): {_what_to_do(error)}")


def _short(text: str) -> str:
    line = " ".join(printable(text).split())
    return line if len(line) <= _MAX_CHARS else f"{line[:_MAX_CHARS]} …"


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
