"""Exploring as a DAG of its own: each new version starts it, and a lake without one skips it."""

from __future__ import annotations

from ownvoice.airflow.assets import PREFERENCE_DATASET
from ownvoice.exploration.stored import read_exploration
from ownvoice.storage.lake import Lake
from ownvoice.storage.versions import latest_version
from stand_ins.topic_lake import topic_lake


def test_the_newest_version_is_explored_and_a_lake_without_one_is_skipped(dags, tmp_path, monkeypatch):
    lake = Lake((tmp_path / "lake").as_uri())
    monkeypatch.setenv("OWNVOICE_LAKE", lake.uri)
    dag = dags["explore_version"]
    assert [str(ti.state) for ti in dag.test().get_task_instances()] == ["skipped"]
    topic_lake(lake, {"bread": ["a", "b"]})
    assert dag.test().state == "success"
    assert read_exploration(lake, latest_version(lake)).articles == 2
    assert dag.schedule == [PREFERENCE_DATASET]
