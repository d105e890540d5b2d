"""The names of the metrics are ones that every backend of Airflow takes, and those that are really sent."""

from __future__ import annotations

import re

import pytest
from airflow.sdk._shared.observability.metrics.validators import stat_name_default_handler, stat_name_otel_handler

from ownvoice.airflow.metric_names import METRICS, PREFIX

OTEL_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.\-/]{0,254}")


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
@pytest.mark.parametrize("value", ["answered", "server_error", "batch-0000-rejected"])
def test_statsd_and_opentelemetry_take_a_name_as_it_is(metric, value):
    name = metric.of(value)
    assert stat_name_default_handler(name) == name
    assert stat_name_otel_handler(PREFIX, name) == f"{PREFIX}.{name}"
    assert OTEL_NAME.fullmatch(f"{PREFIX}.{name}")


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_placeholder_is_explained_and_nothing_else_is(metric):
    assert bool(metric.values) == ("{" in metric.name)
    assert metric.meaning.endswith(".")


def test_no_two_metrics_share_a_name_whatever_a_batch_is_called():
    names = [metric.of("batch-0000") for metric in METRICS]
    assert len(set(names)) == len(names)
