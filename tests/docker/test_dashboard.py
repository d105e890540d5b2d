"""Dashboard, alerts and page of metrics speak of the metrics that are sent, and of no other."""

from __future__ import annotations

import itertools
import json
import re
import runpy

import pytest
import yaml

from ownvoice.airflow.metric_names import METRICS
from stand_ins.places import REPOSITORY

GRAFANA = REPOSITORY / "docker" / "grafana"
NAME = re.compile(r'__name__=~"([^"]+)"|\b(airflow_\w+)')
PANELS = json.loads((GRAFANA / "ownvoice.json").read_text())["panels"]
ALERTS = yaml.safe_load((GRAFANA / "alerts.yaml").read_text())["groups"][0]["rules"]


def example_names():
    """Return a name in Prometheus of each metric, as both ways to it spell it."""
    for metric in METRICS:
        for value in ("answered", "reused", "deferred", "dead", "prompt", "completion", "batch-0000", "server_error"):
            name = "airflow_" + re.sub(r"[.-]", "_", metric.of(value))
            yield name
            if metric.kind == "counter":
                yield f"{name}_total"


def unknown_names(expression):
    """Return the names in an expression that no metric of the list has."""
    patterns = [one or other for one, other in NAME.findall(expression)]
    assert patterns, expression
    return [one for one in patterns if not any(re.fullmatch(one, name) for name in example_names())]


def test_page_and_dashboard_are_those_of_the_list():
    writer = runpy.run_path(str(REPOSITORY / "docs" / "write_dashboard.py"))
    assert writer["PAGE"].read_text(encoding="utf-8") == writer["page"](), "run `make docs`"
    assert writer["DASHBOARD"].read_text(encoding="utf-8") == writer["dashboard"](), "run `make docs`"


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_a_panel_asks_for_metrics_that_are_sent_from_the_chosen_source(panel):
    assert panel["targets"]
    assert panel["type"] in ("stat", "timeseries")
    assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])
    for target in panel["targets"]:
        assert unknown_names(target["expr"]) == []
        assert target["datasource"]["uid"] == panel["datasource"]["uid"] == "${datasource}"


def test_every_metric_is_in_a_panel():
    asked = [re.compile(one or other) for panel in PANELS for target in panel["targets"]
             for one, other in NAME.findall(target["expr"])]  # fmt: skip
    for metric in METRICS:
        name = metric.in_prometheus.replace("(_total)?", "")
        values = [name.replace(".+", value) for value in ("answered", "prompt", "0000")]
        assert any(pattern.fullmatch(value) for pattern in asked for value in values), metric.name


def test_panels_lie_side_by_side_within_the_grid():
    cells = list(itertools.chain.from_iterable(
        itertools.product(range(at["x"], at["x"] + at["w"]), range(at["y"], at["y"] + at["h"]))
        for at in (panel["gridPos"] for panel in PANELS)
    ))  # fmt: skip
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
    assert len({panel["id"] for panel in PANELS}) == len(PANELS)


def test_the_source_of_data_is_chosen_where_it_is_imported():
    (variable,) = json.loads((GRAFANA / "ownvoice.json").read_text())["templating"]["list"]
    assert (variable["name"], variable["type"], variable["query"]) == ("datasource", "datasource", "prometheus")


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_an_alert_is_about_a_metric_that_is_sent_and_says_what_to_do(alert):
    assert unknown_names(alert["expr"]) == []
    assert set(alert["annotations"]) == {"summary", "action"}
    assert alert["labels"]["severity"] in ("page", "ticket")
