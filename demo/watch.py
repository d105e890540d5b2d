"""Waiting, with one line that says for what: it moves on a terminal, and elsewhere is written every ten seconds."""

from __future__ import annotations

import shutil
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx
from processes import Started

from ownvoice.errors import OwnvoiceError
from ownvoice.terminal import printable

_SECONDS_BETWEEN_LINES = 10.0
_LOG_LINES = 15
_WIDTH_CHARS = 94


class StatusLine:
    """The line, on standard output."""

    def __init__(self) -> None:
        self._moves = sys.stdout.isatty()
        self._last_line = float("-inf")

    def show(self, sentence: str, *, is_last: bool = False) -> None:
        """Show `sentence`; the last one stays."""
        if self._moves:
            columns = shutil.get_terminal_size().columns
            print(f"\r\x1b[K{sentence[: columns - 1]}", end="\n" if is_last else "", flush=True)
        elif is_last or time.monotonic() - self._last_line >= _SECONDS_BETWEEN_LINES:
            self._last_line = time.monotonic()
            print(sentence, flush=True)


def watch(look: Callable[[], tuple[bool, str]], timeout_s: float, processes: Sequence[Started]) -> bool:
    """Look once a second and show what was seen, until it is done or time is up; return whether it is done.

    Raises `OwnvoiceError` where one of the processes has ended meanwhile.
    """
    line = StatusLine()
    began = time.monotonic()
    while True:
        _require_alive(processes)
        try:
            is_done, sentence = look()
        except httpx.TransportError:
            is_done, sentence = False, "Airflow is too busy to answer; asking again"
        elapsed_s = time.monotonic() - began
        is_last = is_done or elapsed_s >= timeout_s
        line.show(f"{elapsed_s:5.0f} s  {sentence}", is_last=is_last)
        if is_last:
            return is_done
        time.sleep(1)


def last_lines(log: str) -> str:
    """Return the end of a log, set off from the words around it."""
    with Path(log).open(errors="replace") as file:
        return "".join(f"  | {printable(line.rstrip())[:_WIDTH_CHARS]}\n" for line in deque(file, _LOG_LINES))


def _require_alive(processes: Sequence[Started]) -> None:
    for one in processes:
        if not one.is_alive:
            raise OwnvoiceError(
                f"the {one.name} has ended by itself. The end of its log, {one.log}:\n{last_lines(one.log)}"
                "Mend what it names and run `make demo` again; deleting .airflow gives you a new Airflow."
            )
