"""The parameters that an address may have: short texts and small numbers, so that nothing else reaches a query."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import Query
from pydantic import BeforeValidator, Field

Text = Annotated[str, Query(max_length=1000)]
# As long as Airflow allows, and with a character that can be part of a path.
RunId = Annotated[str, Query(max_length=250, pattern="[A-Za-z0-9_]")]
OptionalRunId = Annotated[str, Query(max_length=250, pattern="^$|[A-Za-z0-9_]")]
TrainingId = Annotated[str, Field(max_length=255)]  # a run id, and behind it the name of a variant
PageNumber = Annotated[int, Query(ge=1, le=100_000)]
Number = Annotated[int, Query(ge=0, le=2**53)]
# A form sends a field that was left empty as an empty text.
OptionalNumber = Annotated[Annotated[int, Query(ge=0, le=2**53)] | None, BeforeValidator(lambda value: value or None)]
OptionalDate = Annotated[dt.date | None, BeforeValidator(lambda value: value or None)]
