"""A round of review in Airflow: drawn, reviewed while the approval waits, then folded or ended without decisions."""

from __future__ import annotations

import datetime as dt

import pytest

from ownvoice.airflow import review_tasks
from ownvoice.errors import SettingsError
from ownvoice.pairs.reviewed import decisions_of
from ownvoice.reviewing.answers import answers_of, give_answer
from ownvoice.reviewing.sample import read_sample, rounds
from ownvoice.storage.lake import Lake
from stand_ins.pair_lake import commit_pairs, pair
from stand_ins.review_rounds import answer

PERSON = {"id": "7", "name": "ann"}


@pytest.fixture
def lake(tmp_path, monkeypatch):
    monkeypatch.setenv("OWNVOICE_LAKE", (tmp_path / "lake").as_uri())
    lake = Lake((tmp_path / "lake").as_uri())
    commit_pairs(lake, [pair(number, "train") for number in range(30)])
    return lake


@pytest.fixture
def run_round(dags, lake, monkeypatch):
    """Run the DAG; a reviewer overturns the first pair while the approval waits, and it is then answered as given."""
    from airflow.providers.standard.operators.hitl import ApprovalOperator

    asked = []

    def wait(operator, context):
        asked.append((operator.subject, operator.body))
        made = rounds(lake)[0]
        item = next(row for row in read_sample(lake, made.round) if row.kind == "random")
        assert give_answer(lake, answer(item.item_id, "right", round_name=made.round)).recorded
        now = dt.datetime.now(dt.UTC)
        said = {"chosen_options": [option], "params_input": {}, "responded_at": now, "responded_by_user": PERSON}
        return operator.execute_complete(context, said)

    monkeypatch.setattr(ApprovalOperator, "execute", wait)
    option = ""

    def run(answered, **form):
        nonlocal option
        option = answered
        filled_in = {"size": 10, "dataset_version": None, "author_id": ""} | form
        found = dags["review_pairs"].test(run_conf=filled_in)
        return {ti.task_id: str(ti.state) for ti in found.get_task_instances()}, asked[-1]

    return run


def test_an_approved_round_is_folded_and_a_rejected_one_is_closed_with_its_answers(lake, run_round):
    states, (subject, body) = run_round("Approve")
    assert set(states.values()) == {"success"}
    assert subject == "Are the 10 pairs of dataset version 1 reviewed?"
    assert "(/ownvoice/review?round=review_pairs%2F" in body
    assert "by guideline 1. No judge counts" in body
    (folded,) = rounds(lake)
    assert (folded.closed.how, folded.closed.by) == ("folded", "ann")
    assert [one.what for one in decisions_of(lake, folded.round)] == ["overturned"]

    states, _ = run_round("Reject", size=20)
    assert states == {
        "draw_sample": "success",
        "approve_round": "success",
        "fold_round": "skipped",
        "close_round": "success",
    }
    rejected = rounds(lake)[0]
    assert (rejected.size, rejected.closed.how) == (20, "rejected")
    assert len(answers_of(lake, rejected.round)) == 1
    assert decisions_of(lake, rejected.round) == []


def test_no_answer_is_neither_an_approval_nor_a_rejection(dags):
    approval = dags["review_pairs"].get_task("approve_round")
    assert approval.defaults is None
    assert approval.response_timeout == dt.timedelta(days=14)


@pytest.mark.parametrize(
    ("form", "message"),
    [({"size": 0}, "size"), ({"sizes": 5}, "unknown parameters: sizes"), ({"author_id": 7}, "author_id")],
)
def test_a_form_that_is_wrong_is_refused_by_name(form, message):
    with pytest.raises(SettingsError, match=message):
        review_tasks.read_review_form(form)
