"""# Collect what readers said of answers

Exports of chat tools, in a folder or a bucket, become rows that a training may take: edits of authors, pairs of thumbs,
choices, and lone thumbs for KTO. Only what people agreed to, and only after a person has approved it.

| task | what it does | leaves in the lake |
|---|---|---|
| `collect_round` | reads the exports, and writes down what they would change | `feedback/rounds/<number>/` |
| `approve_round` | waits for a person: one approval a round, in *Required Actions* | |
| `record_round` | records the rows, and withdraws those that no longer hold | `tables/imported` |
| `close_round` | ends a round that was rejected, without rows | `feedback/rounds/<number>/decision.json` |

**Approving:** the page that *Required Actions* links to shows the counts by reason and every row with its sides.
*Approve* records the rows that are not held; to release held ones or leave some out, use `ownvoice feedback approve`
first, and then *Approve* here. *Reject* ends the round; what was said in it does not come again.

**Where nothing is new**, or `OWNVOICE_FEEDBACK` is empty, the run is skipped. Exports that are read again create
nothing.

**If it fails:** a red `collect_round` names what to correct, mostly a round that waits for a person already. A red
`approve_round` had no answer for two weeks: clear it to ask again. A red `record_round` can be cleared: it records each
row once. An export that cannot be read stops nothing; the page names it.
"""

from __future__ import annotations

import datetime as dt

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import dag, task

from ownvoice.airflow import feedback_tasks
from ownvoice.airflow.callbacks import CALLBACKS
from ownvoice.airflow.retry_policy import RETRY_POLICY

COLLECTED = "{% set round = ti.xcom_pull(task_ids='collect_round') %}"
SUBJECT = COLLECTED + "May trainings take round {{ round['number'] }} of feedback (rows: {{ round['rows'] }})?"
BODY = (
    COLLECTED
    + """\
[Read them here]({{ round['page'] }}). Held, and staying so: {{ round['held'] }}. Recorded before, and to be withdrawn:
{{ round['withdrawn'] }}.

*Approve* records them. *Reject* ends the round without rows."""
)

collect_round = task(feedback_tasks.collect_round, execution_timeout=dt.timedelta(hours=1))
record_round = task(feedback_tasks.record_round, execution_timeout=dt.timedelta(hours=1))
close_round = task(
    feedback_tasks.close_round,
    execution_timeout=dt.timedelta(minutes=10),
    trigger_rule="none_failed",  # after a rejection record_round is skipped
)


@dag(
    schedule=None,
    start_date=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    catchup=False,
    max_active_runs=1,  # one round is open at a time
    default_args={
        "owner": "ownvoice",
        "retries": 2,
        "retry_delay": dt.timedelta(minutes=2),
        "retry_policy": RETRY_POLICY,
        **CALLBACKS,
    },
    tags=["ownvoice", "dataset"],
    doc_md=__doc__,
)
def collect_feedback() -> None:
    """Wire the round."""
    approve_round = ApprovalOperator(
        task_id="approve_round",
        subject=SUBJECT,
        body=BODY,
        response_timeout=dt.timedelta(days=14),  # without an answer the run ends red, and the round stays open
    )
    collected, recorded, closed = collect_round(), record_round(), close_round()
    collected >> approve_round >> recorded >> closed


collect_feedback()
