"""The parameters that an address may have: short texts and small numbers, so that nothing else reaches a query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import Query
from pydantic import BeforeValidator, Field

Text = Annotated[str, Query(max_length=1000)]
# As long as Airflow allows the ids of a DAG and of its run, and with a character that can be part of a path.
RunId = Annotated[str, Query(max_length=501, pattern="[A-Za-z0-9_]")]
OptionalRunId = Annotated[str, Query(max_length=501, pattern="^$|[A-Za-z0-9_]")]
TrainingId = Annotated[str, Field(max_length=600)]  # a run id, and behind it the name of a variant


def spellings(run_id: str) -> tuple[str, ...]:
    """Return `run_id` and, of an id with its DAG's, the part behind it: runs of before 2026-12 have that alone."""
    alone = run_id.partition("/")[2]
    return (run_id, alone) if alone else (run_id,)


def first_found(find: Callable[[str], Mapping[str, object] | None], run_id: str) -> Mapping[str, object] | None:
    """Return what `find` finds under the first of the run's spellings that it knows."""
    return next((found for found in map(find, spellings(run_id)) if found is not None), None)


PageNumber = Annotated[int, Query(ge=1, le=100_000)]
Number = Annotated[int, Query(ge=0, le=2**53)]
# A form sends a field that was left empty as an empty text.
OptionalNumber = Annotated[Annotated[int, Query(ge=0, le=2**53)] | None, BeforeValidator(lambda value: value or None)]
OptionalDate = Annotated[dt.date | None, BeforeValidator(lambda value: value or None)]
