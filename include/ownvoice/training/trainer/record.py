"""Log and metrics of a run, `log.txt` and `metrics.jsonl`, uploaded to the lake while the run goes on."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from ownvoice.errors import StorageError
from ownvoice.storage.answer_job_keys import AnswerJobKeys
from ownvoice.storage.lake import Lake
from ownvoice.storage.run_keys import RunKeys
from ownvoice.training.metric_rows import kind_of, read_rows, write_rows
from ownvoice.training.trainer.folders import patiently

_SECONDS_BETWEEN_UPLOADS = 10.0


class Record:
    """The log lines and metric rows of a run. A second try continues the files of the first.

    One that is silent neither prints nor uploads: of several processes, all but the first have it.
    """

    def __init__(self, lake: Lake, keys: RunKeys | AnswerJobKeys, *, is_silent: bool = False) -> None:
        self._lake = lake
        self._is_silent = is_silent
        self._log_key = keys.log
        self._metrics_key = keys.metrics
        self._lines = (lake.store.read(self._log_key) or b"").decode().splitlines()
        self._is_behind = False
        self._one_upload = threading.Lock()
        self.metrics = read_rows(lake.store.read(self._metrics_key) or b"")[0]

    @contextlib.contextmanager
    def flowing(self, every_s: float = _SECONDS_BETWEEN_UPLOADS) -> Iterator[None]:
        """Upload new lines and rows every `every_s` seconds while the block runs."""
        is_over = threading.Event()

        def flow() -> None:
            while not is_over.wait(every_s):
                if self._is_behind:
                    with contextlib.suppress(StorageError):  # the next upload carries it too
                        self._upload()

        thread = threading.Thread(target=flow, daemon=True)
        thread.start()
        try:
            yield
        finally:
            is_over.set()
            thread.join()

    def say(self, line: str) -> None:
        """Print a line and add it to the log."""
        if not self._is_silent:
            print(line, flush=True)
        self._lines.append(f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%SZ} {line}")
        self._is_behind = True

    def last_said(self) -> str:
        """Return the last line without its time; empty where nothing was said yet."""
        return self._lines[-1].partition(" ")[2] if self._lines else ""

    def measure(self, step: int, numbers: Mapping[str, Any]) -> None:
        """Add a row of numbers; one of the same step and kind is replaced."""
        row = {"step": step} | {
            name: value for name, value in numbers.items() if name != "step" and isinstance(value, int | float)
        }
        self.metrics = [old for old in self.metrics if (old["step"], kind_of(old)) != (step, kind_of(row))] + [row]
        self._is_behind = True

    def rewind(self, step: int) -> None:
        """Drop the rows after `step`, which the resumed training will measure again."""
        self.metrics = [row for row in self.metrics if row["step"] <= step]

    def keep(self) -> None:
        """Upload both files now."""
        patiently(self._upload)

    def _upload(self) -> None:
        if self._is_silent:
            return
        with self._one_upload:  # so that an older state never takes the place of a newer one
            self._is_behind = False
            lines, metrics = [*self._lines], self.metrics
            try:
                self._lake.store.write(self._log_key, "".join(f"{line}\n" for line in lines).encode())
                self._lake.store.write(self._metrics_key, write_rows(metrics))
            except StorageError:
                self._is_behind = True
                raise
