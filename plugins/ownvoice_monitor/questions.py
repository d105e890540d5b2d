"""What may stand in the address of a page: short texts and small numbers, so that nothing else reaches a query."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import Query
from pydantic import BeforeValidator

Text = Annotated[str, Query(max_length=1000)]
# As long as Airflow allows, and with a sign in it that can stand in a path.
RunId = Annotated[str, Query(max_length=250, pattern="[A-Za-z0-9_]")]
PageNumber = Annotated[int, Query(ge=1, le=100_000)]
Number = Annotated[int, Query(ge=0, le=2**53)]
# A form sends what was left empty as an empty text.
OptionalNumber = Annotated[Annotated[int, Query(ge=0, le=2**53)] | None, BeforeValidator(lambda value: value or None)]
OptionalDate = Annotated[dt.date | None, BeforeValidator(lambda value: value or None)]
