"""The run's own record, `log.txt` and `metrics.jsonl`: kept in the lake while the run goes on."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import math
import time
from collections.abc import Mapping
from typing import Any

from ownvoice.errors import StorageUnavailableError
from ownvoice.lake import Lake
from ownvoice.training.folders import patiently

MetricRow = dict[str, Any]

_SECONDS_BETWEEN_UPLOADS = 10.0


class Record:
    """What a run says and measures. A second try goes on where the first one ended."""

    def __init__(self, lake: Lake, folder: str) -> None:
        self._lake = lake
        self._log_key = f"{folder}/log.txt"
        self._metrics_key = f"{folder}/metrics.jsonl"
        self._lines = (lake.store.read(self._log_key) or b"").decode().splitlines()
        self._uploaded_at = time.monotonic()
        self.metrics = read_metrics(lake, folder)

    def say(self, line: str) -> None:
        """Print a line and keep it."""
        print(line, flush=True)
        self._lines.append(f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%SZ} {line}")

    def measure(self, step: int, numbers: Mapping[str, Any]) -> None:
        """Keep one row of numbers; measured again, it takes the place of the first."""
        row = {"step": step} | {name: _storable(value) for name, value in numbers.items() if name != "step"}
        self.metrics = [old for old in self.metrics if (old["step"], kind_of(old)) != (step, kind_of(row))] + [row]
        if time.monotonic() - self._uploaded_at > _SECONDS_BETWEEN_UPLOADS:
            with contextlib.suppress(StorageUnavailableError):  # the next upload carries this row too
                self._upload()

    def rewind(self, step: int) -> None:
        """Forget what was measured after `step`: it will be measured again."""
        self.metrics = [row for row in self.metrics if row["step"] <= step]

    def keep(self) -> None:
        """Put both files into the lake."""
        patiently(self._upload)

    def _upload(self) -> None:
        self._lake.store.write(self._log_key, "".join(f"{line}\n" for line in self._lines).encode())
        rows = "".join(json.dumps(row) + "\n" for row in self.metrics)
        self._lake.store.write(self._metrics_key, rows.encode())
        self._uploaded_at = time.monotonic()


def read_metrics(lake: Lake, folder: str) -> list[MetricRow]:
    """Return the rows of a run's `metrics.jsonl`; none where it has not started."""
    data = lake.store.read(f"{folder}/metrics.jsonl") or b""
    return [json.loads(line) for line in data.decode().splitlines()]


def kind_of(row: Mapping[str, Any]) -> str:
    """Say whether a row is of a training step, of an evaluation, or the sum at the end."""
    return "train" if "loss" in row else "eval" if "eval_loss" in row else "end"


def _storable(value: Any) -> Any:
    """JSON has no NaN: write what is not finite as text that `float()` reads."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
