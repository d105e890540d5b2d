"""The tasks of a round of feedback; what it holds is read on the page /ownvoice/feedback."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from airflow.sdk.exceptions import AirflowSkipException

from ownvoice.airflow.connections import open_lake, open_source
from ownvoice.airflow.executors import refuse_folders
from ownvoice.airflow.review_tasks import answered_by, page_address
from ownvoice.airflow.run_ids import lake_run_id
from ownvoice.config.settings import load_settings


def collect_round(dag_run: Any) -> dict[str, Any]:
    """Collect a round and return what the person who approves it is told; skip the rest where nothing is new."""
    from ownvoice.feedback.collect import collect_round as step
    from ownvoice.feedback.read_source import SourceRead
    from ownvoice.reports.text.feedback import feedback_round_lines, no_round_lines

    settings = load_settings()
    if settings.feedback is None:
        raise AirflowSkipException("OWNVOICE_FEEDBACK names no exports: there is nothing to collect.")
    refuse_folders(("OWNVOICE_FEEDBACK", settings.feedback))
    source, met = open_source(settings.feedback), SourceRead()
    rules, run_id = settings.feedback_rules, lake_run_id(dag_run)
    made = step(open_lake(), source, rules, run_id, settings.evaluation_sets, met=met)
    if made is None:
        raise AirflowSkipException("\n".join(no_round_lines(met)))
    print("\n".join(feedback_round_lines(made)))
    return {
        "number": made.number,
        "page": page_address(f"feedback?{urlencode({'round': made.number})}"),
        "rows": made.rows,
        "held": made.held_rows,
        "withdrawn": len(made.to_withdraw),
    }


def record_round(ti: Any) -> int:
    """Record the rows of the round that was approved; return how many were proposed."""
    from ownvoice.feedback.apply import approve_round

    return approve_round(open_lake(), _number(ti), answered_by(ti)).rows


def close_round(ti: Any) -> str:
    """Reject the round where a person rejected it; return how it ended."""
    from ownvoice.feedback.apply import reject_round
    from ownvoice.feedback.rounds import read_round

    if ti.xcom_pull(task_ids="collect_round") is None:
        raise AirflowSkipException("No round was made.")
    lake, number = open_lake(), _number(ti)
    made = read_round(lake, number)
    ended = made if made.decision else reject_round(lake, number, answered_by(ti))
    assert ended.decision is not None, "it was decided just now, or before"
    return ended.decision.how


def _number(ti: Any) -> int:
    return int(ti.xcom_pull(task_ids="collect_round")["number"])
