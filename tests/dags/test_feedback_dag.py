"""A round of feedback in Airflow: collected, approved or rejected by a person, recorded once; skipped where none is."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowSkipException

from ownvoice.airflow import feedback_tasks
from ownvoice.feedback.rounds import rounds
from ownvoice.imports.table import read_imported
from ownvoice.storage.lake import Lake
from stand_ins.feedback_exports import line, lines

PERSON = {"id": "7", "name": "ann"}


@pytest.fixture
def lake(tmp_path, monkeypatch):
    (tmp_path / "exports").mkdir()
    monkeypatch.setenv("OWNVOICE_LAKE", (tmp_path / "lake").as_uri())
    monkeypatch.setenv("OWNVOICE_FEEDBACK", (tmp_path / "exports").as_uri())
    return Lake((tmp_path / "lake").as_uri())


@pytest.fixture
def run_round(dags, monkeypatch):
    """Run the DAG, with the approval answered as given; return the states of its tasks, and what a person was asked."""
    from airflow.providers.standard.operators.hitl import ApprovalOperator

    asked: list[str] = []

    def run(option: str) -> tuple[dict[str, str], list[str]]:
        def answer(operator: Any, context: Any) -> Any:
            asked.extend((operator.subject, operator.body))
            now = dt.datetime.now(dt.UTC)
            said = {"chosen_options": [option], "params_input": {}, "responded_at": now, "responded_by_user": PERSON}
            return operator.execute_complete(context, said)

        monkeypatch.setattr(ApprovalOperator, "execute", answer)
        found = dags["collect_feedback"].test()
        return {ti.task_id: str(ti.state) for ti in found.get_task_instances()}, asked

    return run


def test_rows_are_recorded_after_an_approval_and_not_after_a_rejection(lake, tmp_path, run_round):
    exports = tmp_path / "exports"
    (exports / "a.jsonl").write_bytes(lines(line("up", "A"), line("edit", "M.", other="R.")))
    states, (subject, body) = run_round("Approve")
    assert set(states.values()) == {"success"}
    assert subject == "May trainings take round 1 of feedback (rows: 1)?"
    assert "(/ownvoice/feedback?round=1)" in body and "Held, and staying so: 1." in body
    assert [row["chosen"] for row in read_imported(lake)] == ["A"]
    (exports / "b.jsonl").write_bytes(lines(line("up", "B")))
    states, _ = run_round("Reject")
    assert states["record_round"] == "skipped" and states["close_round"] == "success"
    assert [(one.decision.how, one.decision.by) for one in rounds(lake)] == [("approved", "ann"), ("rejected", "")]
    assert [row["chosen"] for row in read_imported(lake)] == ["A"]


def test_a_run_with_nothing_to_collect_is_skipped(lake, monkeypatch):
    run = SimpleNamespace(dag_id="collect_feedback", run_id="one")
    with pytest.raises(AirflowSkipException, match="nothing is new"):
        feedback_tasks.collect_round(run)
    monkeypatch.delenv("OWNVOICE_FEEDBACK")
    with pytest.raises(AirflowSkipException, match="OWNVOICE_FEEDBACK names no exports"):
        feedback_tasks.collect_round(run)
    with pytest.raises(AirflowSkipException, match="No round was made"):
        feedback_tasks.close_round(SimpleNamespace(xcom_pull=lambda task_ids: None))
