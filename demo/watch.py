"""Waiting with a status line, which is updated in place on a terminal and printed every ten seconds elsewhere."""

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

_LINE_INTERVAL_S = 10.0
_LOG_LINES = 15
_WIDTH_CHARS = 94


class StatusLine:
    """The status line, on standard output."""

    def __init__(self) -> None:
        self._is_updated_in_place = sys.stdout.isatty()
        self._last_line_s = float("-inf")

    def show(self, sentence: str, *, is_last: bool = False) -> None:
        """Show `sentence`; the last one stays on the terminal."""
        if self._is_updated_in_place:
            columns = shutil.get_terminal_size().columns
            print(f"\r\x1b[K{sentence[: columns - 1]}", end="\n" if is_last else "", flush=True)
        elif is_last or time.monotonic() - self._last_line_s >= _LINE_INTERVAL_S:
            self._last_line_s = time.monotonic()
            print(sentence, flush=True)


def watch(look: Callable[[], tuple[bool, str]], timeout_s: float, processes: Sequence[Started]) -> bool:
    """Call `look` once a second and show its sentence, until it is done or time is up; say whether it is done.

    Raises `OwnvoiceError` when one of `processes` has ended.
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
    """Return the last 15 lines of a log, indented."""
    with Path(log).open(errors="replace") as file:
        return "".join(f"  | {printable(line.rstrip())[:_WIDTH_CHARS]}\n" for line in deque(file, _LOG_LINES))


def _require_alive(processes: Sequence[Started]) -> None:
    for one in processes:
        if not one.is_alive:
            raise OwnvoiceError(
                f"the {one.name} has ended by itself. The end of its log, {one.log}:\n{last_lines(one.log)}"
                "Correct what it names and run `make demo` again; deleting .airflow gives you a new Airflow."
            )
