"""The end of a trainer as the end of its task: done, failed and retried, or failed for good; said in its own words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from airflow.sdk.exceptions import AirflowException, AirflowFailException

from ownvoice.errors import RETRYABLE, Exit

# The next try resumes from the last checkpoint, or publishes the rest.
_RETRIED = frozenset({Exit.FAULT, *(error.exit_code for error in RETRYABLE)})
_FIRST_SIGNAL = 128  # a shell reports a process that signal N ended as 128 + N; Python as -N
_RESUMES = "The next try resumes from what is stored."
_LOG = "The whole log is log.txt in the run's folder of the lake."

_OWN_LINE = re.compile(
    rf"(?:{'|'.join(exit.name for exit in Exit if exit)}"
    r"|(?:python -m )?ownvoice\.(?:training|publishing)[\w.]*(?:: error)?): (.*?)(?: \(\d[\d.]* s\))?"
)
_KEY = re.compile(
    r"(?<=://)[^/\s@]*:[^/\s@]+(?=@)|\bhf_\w{8,}|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bsk-[\w-]{8,}"
    r"|(?<=Bearer )[\w.~+/-]{8,}=*"
)
_KILLED_CHILD = re.compile(
    r"killed by signal: Killed|process pool was terminated abruptly|exitcode\s*: -9\b|Signal 9 \(SIGKILL\)"
)


def raise_for_exit(code: int, said: str = "", keys: Iterable[str] = ()) -> None:
    """Raise unless `code` is 0: `AirflowException`, which is retried, or `AirflowFailException`, which is not.

    `said` is the end of what the trainer printed, whose last sentence becomes the error's, without `keys`. A process
    that a signal ended (an eviction, a machine without memory) is retried.
    """
    if code != 0:
        error = AirflowException if is_retried(code) else AirflowFailException
        raise error(text_of_exit(code, last_sentence(said, keys)))


def is_retried(code: int) -> bool:
    """Whether another try may mend what ended a trainer with `code`."""
    return code in _RETRIED or not is_trainers_own(code)


def is_trainers_own(code: int) -> bool:
    """Whether the trainer itself ended with `code`, and no signal did."""
    return 0 < code < _FIRST_SIGNAL


def text_of_exit(code: int, sentence: str) -> str:
    """Return the message of an end: the trainer's last sentence, or the name of the code where it said nothing."""
    name = Exit(code).name.lower().replace("_", " ") if code in set(Exit) else f"exit code {code}"
    if is_trainers_own(code) and sentence:
        return f"{sentence} {_RESUMES}" if is_retried(code) else sentence
    last = f" Its last line: {sentence}" if sentence else ""
    if is_retried(code):
        return f"The trainer ended with {name}. {_RESUMES}{last}"
    return f"The trainer ended with {name}, which no retry can mend. {_LOG}{last}"


def last_sentence(said: str, keys: Iterable[str] = ()) -> str:
    """Return the last line that is the trainer's own of what it printed, else the last line; keys are masked.

    What libraries print while a process ends comes after the trainer's own last line.
    """
    lines = [line for line in map(str.strip, said.splitlines()) if line]
    own = [match[1] for match in map(_OWN_LINE.fullmatch, lines) if match]
    return masked(own[-1] if own else lines[-1] if lines else "", keys)


def masked(line: str, keys: Iterable[str] = ()) -> str:
    """Return a line without `keys`, and without what has the shape of one."""
    for key in filter(None, keys):
        line = line.replace(key, "***")
    return _KEY.sub("***", line)


def killed_a_child(said: str) -> bool:
    """Whether the end of what a trainer printed says that one of its processes was killed, as for want of memory."""
    return bool(_KILLED_CHILD.search(said))
