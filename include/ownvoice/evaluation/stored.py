"""Reading and writing style reports and their answers; a damaged one is told and stops nothing."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from ownvoice.evaluation.style_report import STYLE_ANSWERS, StyleAnswer, StyleReport
from ownvoice.storage.lake import Lake
from ownvoice.storage.run_keys import RunKeys
from ownvoice.training.run_files import read_file


def write_style(lake: Lake, run_id: str, report: StyleReport, answers: Iterable[StyleAnswer]) -> None:
    """Write the report of a training and its answers; the report last, so that it is there only with its answers."""
    keys = RunKeys(run_id)
    lake.store.delete(keys.style)  # one of other answers
    lake.write_rows(keys.style_answers, pa.Table.from_pylist([one.model_dump() for one in answers], STYLE_ANSWERS))
    lake.write_json(keys.style, report.model_dump(mode="json"))


def read_style(lake: Lake, run_id: str, faults: list[str]) -> StyleReport | None:
    """Return the style report of a training; None where there is none or, as `faults` then says, it cannot be read."""
    return read_file(lake, RunKeys(run_id).style, StyleReport, faults)


def read_style_answers(lake: Lake, run_id: str) -> list[StyleAnswer]:
    """Return the answers of a style report; none where there is none.

    Raises `DamagedError` where they are not whole.
    """
    rows = lake.read_rows(RunKeys(run_id).style_answers, STYLE_ANSWERS)
    return [] if rows is None else [StyleAnswer.model_validate(row) for row in rows.to_pylist()]
