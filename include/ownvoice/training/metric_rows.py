"""The rows of `metrics.jsonl`: a training step, an evaluation on the test split, or the summary at the end, each."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

# A row has `step` and the numbers of that step by name; those of an evaluation begin with `eval_`.
MetricRow = dict[str, int | float]
Point = tuple[float, float]

_MAX_STEP = 1 << 53  # beyond, a JSON reader that holds numbers as floats cannot tell steps apart


def points_of(rows: Iterable[Mapping[str, Any]], name: str) -> list[Point]:
    """Return the (step, value) points of one metric in the order of the rows, without those that are not finite."""
    found = ((row.get("step"), row.get(name)) for row in rows)
    return [
        (float(step), float(value))
        for step, value in found
        if isinstance(step, int | float) and isinstance(value, int | float) and math.isfinite(value)
    ]


def finite(value: float | None) -> float | None:
    """Return a number that is finite, and None for any other."""
    return value if value is not None and math.isfinite(value) else None


def kind_of(row: Mapping[str, Any]) -> str:
    """Return whether a row is of a training step (`train`), of an evaluation (`eval`), or the summary (`end`)."""
    return "train" if "loss" in row else "eval" if "eval_loss" in row else "end"


def read_rows(data: bytes) -> tuple[list[MetricRow], int]:
    """Return the rows of a `metrics.jsonl`, every number as a float, and how many lines hold no row.

    A file that is still written may end in the middle of a line.
    """
    rows = [_row(line) for line in data.decode(errors="replace").split("\n") if line.strip()]
    whole = [row for row in rows if row is not None]
    return whole, len(rows) - len(whole)


def write_rows(rows: Iterable[MetricRow]) -> bytes:
    """Return rows as the bytes of a `metrics.jsonl`."""
    return "".join(f"{json.dumps(as_json(row))}\n" for row in rows).encode()


def as_json(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as JSON holds it. JSON has no NaN: what is not finite is text that `float()` reads."""
    return {name: str(value) if not math.isfinite(value) else value for name, value in row.items()}


def _row(line: str) -> MetricRow | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    step = row.get("step") if isinstance(row, dict) else None
    if type(step) is not int or not 0 <= step < _MAX_STEP:
        return None
    numbers = {name: _float(value) for name, value in row.items() if name != "step"}
    return {"step": step} | {name: value for name, value in numbers.items() if value is not None}


def _float(value: Any) -> float | None:
    try:
        return float(value) if isinstance(value, int | float | str) else None
    except (ValueError, OverflowError):
        return None
