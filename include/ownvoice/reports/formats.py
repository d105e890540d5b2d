"""How numbers, shares, sums of money and times are written for people."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import quote

NOTHING = "–"


def number(value: float | None) -> str:
    """Write a count with a comma between thousands."""
    return NOTHING if value is None else f"{value:,.0f}"


def percent(share: float | None) -> str:
    """Write a share of one in percent."""
    if share is None:
        return NOTHING
    return f"{share:.1%}" if 0 < share < 0.1 else f"{share:.0%}"


def measure(value: float | None) -> str:
    """Write a measured number with four significant digits."""
    return NOTHING if value is None else f"{value:.4g}"


def dollars(cost_usd: float | None, unknown: str = NOTHING) -> str:
    """Write a sum of money: in cents from a dollar up, else to four decimals. `unknown` is for a missing price."""
    if cost_usd is None:
        return unknown
    return f"${cost_usd:,.2f}" if cost_usd >= 1 or cost_usd == 0 else f"${cost_usd:.4f}"


def seconds(value: float | None) -> str:
    """Write a duration in seconds, minutes or hours, whichever is short to read."""
    if value is None:
        return NOTHING
    if value < 60:
        return f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def moment(value: dt.datetime | str | None) -> str:
    """Write a time in UTC, to the second."""
    if not value:
        return NOTHING
    at = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    return f"{at.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S} UTC"


def words(name: Any) -> str:
    """Write a stable name such as `not_verbatim` as words."""
    return str(name).replace("_", " ")


def path_part(name: Any) -> str:
    """Quote a name so that it is one part of an address, whatever signs it holds."""
    return quote(str(name), safe="")


def airflow_run(run_id: Any, dag_id: str) -> str:
    """Return the address of a run's page below Airflow's; `dag_id` is for ids that do not name their DAG."""
    named, _, within = str(run_id).rpartition("/")
    return f"/dags/{path_part(named or dag_id)}/runs/{path_part(within)}"


FILTERS = {
    one.__name__: one for one in (number, percent, measure, dollars, seconds, moment, words, path_part, airflow_run)
}
