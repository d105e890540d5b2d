"""The exit code of a trainer as the end of its task: done, failed and retried, or failed for good."""

from __future__ import annotations

from airflow.sdk.exceptions import AirflowException, AirflowFailException

from ownvoice.errors import RETRYABLE, Exit

# The next try resumes from the last checkpoint, or publishes the rest.
_RETRIED = frozenset({Exit.FAULT, *(error.exit_code for error in RETRYABLE)})
_FIRST_SIGNAL = 128  # a shell reports a process that signal N ended as 128 + N; Python as -N


def raise_for_exit(code: int) -> None:
    """Raise unless `code` is 0: `AirflowException`, which is retried, or `AirflowFailException`, which is not.

    A process that a signal ended (an eviction, a machine without memory) is retried.
    """
    if code == 0:
        return
    name = Exit(code).name.lower().replace("_", " ") if code in set(Exit) else f"exit code {code}"
    advice = "its last line above says what to do, and the whole log is log.txt in the run's folder of the lake."
    if code in _RETRIED or not 0 < code < _FIRST_SIGNAL:
        raise AirflowException(f"The trainer ended with {name}; the next try resumes from what is stored; {advice}")
    raise AirflowFailException(f"The trainer ended with {name}, which no retry can mend; {advice}")
