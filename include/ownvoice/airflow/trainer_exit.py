"""What the end of a trainer means for its task: done, worth another try, or not to be tried again."""

from __future__ import annotations

from airflow.sdk.exceptions import AirflowException, AirflowFailException

from ownvoice.errors import RETRYABLE
from ownvoice.training.exits import Exit

# Another try resumes from the last checkpoint, or publishes what is not there yet.
_WORTH_A_RETRY = frozenset({Exit.FAULT, *(error.exit_code for error in RETRYABLE)})
_FIRST_SIGNAL = 128


def raise_for_exit(code: int) -> None:
    """Raise unless `code` is 0: `AirflowFailException`, which ends the task, or `AirflowException`, which is retried.

    A process that a signal ended (an eviction, a full machine) is retried.
    """
    if code == 0:
        return
    name = Exit(code).name.lower().replace("_", " ") if code in set(Exit) else f"exit code {code}"
    said = "its last line above says what to do, and the whole log is log.txt in the run's folder of the lake."
    if code in _WORTH_A_RETRY or not 0 < code < _FIRST_SIGNAL:
        raise AirflowException(f"The trainer ended with {name}; the next try goes on from what is kept; {said}")
    raise AirflowFailException(f"The trainer ended with {name}, which no retry would mend; {said}")
