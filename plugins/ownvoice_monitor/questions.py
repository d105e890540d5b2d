"""What may stand in the address of a page: short texts and small numbers, so that nothing else reaches a query."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

Text = Annotated[str, Query(max_length=1000)]
PageNumber = Annotated[int, Query(ge=1, le=100_000)]
Number = Annotated[int, Query(ge=0, le=2**53)]
