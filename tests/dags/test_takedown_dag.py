"""A takedown in Airflow: a person is asked about the plan, and what is approved is taken down."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from ownvoice.airflow.takedown_tasks import read_takedown_form
from ownvoice.errors import SettingsError
from ownvoice.storage.lake import Lake
from ownvoice.storage.versions import latest_version
from ownvoice.takedown.record import takedowns
from stand_ins.pair_lake import commit_pairs, pair

PERSON = {"id": "7", "name": "ann"}


@pytest.fixture
def lake(tmp_path, monkeypatch):
    monkeypatch.setenv("OWNVOICE_LAKE", (tmp_path / "lake").as_uri())
    lake = Lake((tmp_path / "lake").as_uri())
    commit_pairs(lake, [pair(number, "train") for number in range(4)])
    return lake


@pytest.fixture
def run(dags, monkeypatch):
    """Run the DAG, with the approval answered as given; return the states of its tasks, and what a person was asked."""
    from airflow.providers.standard.operators.hitl import ApprovalOperator

    asked: list[str] = []

    def run(option: str, **form: Any) -> tuple[dict[str, str], list[str]]:
        def answer(operator: Any, context: Any) -> Any:
            asked.extend((operator.subject, operator.body))
            now = dt.datetime.now(dt.UTC)
            said = {"chosen_options": [option], "params_input": {}, "responded_at": now, "responded_by_user": PERSON}
            return operator.execute_complete(context, said)

        monkeypatch.setattr(ApprovalOperator, "execute", answer)
        found = dags["takedown"].test(run_conf=form)
        return {ti.task_id: str(ti.state) for ti in found.get_task_instances()}, asked

    return run


def test_what_a_person_approves_is_taken_down(lake, run):
    article_id, before = pair(0, "train")["article_id"], latest_version(lake)
    states, (subject, body) = run("Approve", article_ids=[article_id])
    assert set(states.values()) == {"success"}
    assert "for good?" in subject
    assert f"    article    {article_id}\n" in body
    assert "not reached by any takedown" in body
    (record,) = takedowns(lake)
    assert (record.state, record.decided_by, record.step("search").counts["hits"]) == ("closed", "ann", 0)
    assert latest_version(lake).pairs < before.pairs


def test_a_form_that_asks_nothing_or_something_unknown_is_refused():
    assert read_takedown_form({"article_ids": ["a"], "kept_models": None}).article_ids == ["a"]
    for params in ({"article": "a"}, {"article_ids": "a"}, {"kept_models": ["a"]}):
        with pytest.raises(SettingsError):
            read_takedown_form(params)
