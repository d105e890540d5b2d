"""SQL conditions for `scan` and for the predicates of writes. Values are quoted here and nowhere else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

Value = str | int | dt.date

SELECTED = "selected IS NOT FALSE"
"""A row of `tables/pairs` is trained on, exported and audited: one that was never balanced is."""


def literal(value: Value) -> str:
    """Return `value` as an SQL literal; dates are text that the engine compares as dates."""
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"


def equals(**columns: Value) -> str:
    """Return the condition that each column has its value."""
    return all_of(*(f"{name} = {literal(value)}" for name, value in columns.items()))


def equals_given(**columns: Value | None) -> str:
    """Return `equals` of the columns with a value that is neither None nor empty: a filter left empty asks nothing."""
    return equals(**{name: value for name, value in columns.items() if value not in (None, "")})


def one_of(column: str, values: Iterable[Value]) -> str:
    """Return the condition that the column has one of `values`; no row meets it where there are none."""
    listed = ", ".join(sorted(map(literal, values)))
    return f"{column} IN ({listed})" if listed else "false"


def all_of(*conditions: str) -> str:
    """Return the condition that all `conditions` are met; every row meets it where there are none."""
    return " AND ".join(conditions) or "true"
