"""Write docs/metrics.md and docker/grafana/ownvoice.json from the list of metrics, `airflow/metric_names.py`.

Run as: make docs
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ownvoice.airflow import metric_names as names
from ownvoice.airflow.metric_names import METRICS, Metric
from ownvoice.states import ChunkState

REPOSITORY = Path(__file__).resolve().parent.parent
PAGE = REPOSITORY / "docs" / "metrics.md"
DASHBOARD = REPOSITORY / "docker" / "grafana" / "ownvoice.json"

_WIDTH, _HEIGHT = 24, 8  # Grafana's grid has 24 columns
_UNITS = {"second": "s", "US dollar": "currencyUSD", "second since 1970": "dateTimeFromNow"}
_SOURCE = {"type": "prometheus", "uid": "${datasource}"}

_PAGE = """\
<!-- Written by docs/write_dashboard.py from airflow/metric_names.py: change that, then run `make docs`. -->
# Metrics

Ownvoice sends these through Airflow's own metrics, to whichever backend `[metrics]` of Airflow names: StatsD, Datadog
or OpenTelemetry. Airflow puts `airflow.` before each name, and sends many of its own. What to do with them is in
[operations.md](operations.md#monitoring).

| name | kind | unit | what it says | the part in braces |
|---|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Query:
    """A PromQL expression over one metric, and how its series are named."""

    expression: str
    legend: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel: `kind` is Grafana's, `unit` that of the metric, `columns` its width of 24."""

    title: str
    kind: str
    unit: str
    columns: int
    queries: tuple[Query, ...]
    meaning: str


def newest(metric: Metric) -> Query:
    """Return the newest value over all instances that tell it."""
    return Query(f"max({selected(metric.in_prometheus)})")


def growth(metric: Metric, value: str) -> Query:
    """Return how much a counter grew in the step of the picture, for one value of the placeholder."""
    one = Metric(metric.of(value), metric.kind, metric.unit, metric.meaning)
    return Query(f"sum(increase({selected(one.in_prometheus)}[$__rate_interval]))", value)


def selected(pattern: str) -> str:
    """Return a selector of the series whose names a regular expression takes."""
    return f'{{__name__=~"{pattern}"}}'


def _of_night(metric: Metric, title: str, kind: str = "stat", columns: int = 4) -> Panel:
    return Panel(title, kind, metric.unit, columns, (newest(metric),), metric.meaning)


def _by_name(metric: Metric, title: str, columns: int = 12) -> Panel:
    """Return a panel with one series for each value of the placeholder."""
    query = Query(selected(metric.in_prometheus), "{{__name__}}")
    return Panel(title, "timeseries", metric.unit, columns, (query,), metric.meaning)


PANELS = (
    _of_night(names.NIGHT_ENDED, "Last night ended"),
    _of_night(names.NIGHT_FAILED, "It failed"),
    _of_night(names.NIGHT_WORTHLESS, "Its data is worthless"),
    _of_night(names.NIGHT_WARNINGS, "New warnings"),
    _of_night(names.NIGHT_COST, "It cost"),
    _of_night(names.NIGHT_PAIRS, "Pairs of the version"),
    _of_night(names.NIGHT_COST, "Cost of a night", "timeseries", 12),
    _of_night(names.NIGHT_DURATION, "Duration of a night", "timeseries", 12),
    Panel(
        *("Chunks of a night", "timeseries", "chunk", 12),
        (
            Query(newest(names.NIGHT_CHUNKS).expression, "all"),
            Query(newest(names.NIGHT_DEAD).expression, "dead"),
        ),
        f"{names.NIGHT_CHUNKS.meaning} {names.NIGHT_DEAD.meaning}",
    ),
    _of_night(names.NIGHT_ADDED, "Pairs added by a night", "timeseries", 12),
    Panel(
        *("Chunks by state", "timeseries", "chunk", 12),
        tuple(growth(names.CHUNKS, state.value) for state in ChunkState),
        names.CHUNKS.meaning,
    ),
    Panel(
        *("Tokens paid for", "timeseries", "token", 12),
        tuple(growth(names.TOKENS, side) for side in ("prompt", "completion")),
        names.TOKENS.meaning,
    ),
    _by_name(names.RETRIES, "Retries by error"),
    _by_name(names.BATCH_ETA, "Time left of each batch"),
    Panel(
        *("Chunks of running batches", "timeseries", "chunk", 12),
        (
            Query(f"sum({selected(names.BATCH_CHUNKS.in_prometheus)})", "all"),
            Query(f"sum({selected(names.BATCH_SETTLED.in_prometheus)})", "settled"),
        ),
        f"{names.BATCH_CHUNKS.meaning} {names.BATCH_SETTLED.meaning}",
    ),
    _by_name(names.BATCH_RATE, "Rate of each batch"),
    _by_name(names.BATCH_COST, "Cost of each batch", columns=24),
)


def page() -> str:
    """Return the page of metrics."""
    rows = (f"| `{one.name}` | {one.kind} | {one.unit} | {one.meaning} | {one.values} |\n" for one in METRICS)
    return _PAGE + "".join(rows)


def dashboard() -> str:
    """Return the dashboard as Grafana imports it."""
    placed = list(_placed(PANELS))
    found = {
        "uid": "ownvoice",
        "title": "Ownvoice",
        "tags": ["ownvoice", "airflow"],
        "schemaVersion": 39,
        "editable": True,
        "refresh": "1m",
        "timezone": "browser",
        "time": {"from": "now-14d", "to": "now"},
        "templating": {
            "list": [{"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus"}]
        },
        "panels": placed,
    }
    return json.dumps(found, indent=1) + "\n"


def _placed(panels: tuple[Panel, ...]) -> Iterator[dict[str, Any]]:
    """Yield the panels from left to right, in as many rows as they need."""
    x = y = 0
    for number, panel in enumerate(panels, 1):
        if x + panel.columns > _WIDTH:
            x, y = 0, y + _HEIGHT
        yield {
            "id": number,
            "title": panel.title,
            "description": panel.meaning,
            "type": panel.kind,
            "datasource": _SOURCE,
            "gridPos": {"x": x, "y": y, "w": panel.columns, "h": _HEIGHT},
            "fieldConfig": {"defaults": {"unit": _unit(panel)}, "overrides": []},
            "targets": [_target(index, query) for index, query in enumerate(panel.queries)],
        }
        x += panel.columns


def _unit(panel: Panel) -> str:
    return _UNITS.get(panel.unit, "short")


def _target(index: int, query: Query) -> dict[str, Any]:
    return {
        "refId": chr(ord("A") + index),
        "datasource": _SOURCE,
        "expr": query.expression,
        "legendFormat": query.legend,
    }


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    DASHBOARD.parent.mkdir(exist_ok=True)
    DASHBOARD.write_text(dashboard(), encoding="utf-8")
    print(f"wrote docs/{PAGE.name} and docker/grafana/{DASHBOARD.name}")
