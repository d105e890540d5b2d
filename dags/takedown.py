"""# Take an article or an author down

An author asks that an article leave the dataset. The plan says what would go; a person approves it; then everything
goes, and a search through every object of the lake proves it. Old versions stay provable without the text.

| task | what it does | leaves in the lake |
|---|---|---|
| `plan_takedown` | counts rows, versions, models and objects, and names near copies; changes nothing | |
| `approve_takedown` | waits for a person, who reads the plan in *Required Actions* | |
| `take_down` | the ten steps, each recorded when it is done, and the search | `takedowns/<id>/`, `tombstones/` |

**Approving:** *Approve* takes it down for good. *Reject* ends the run; nothing was changed. Where a model that learnt
from it is to be kept, trigger the run again with the reason in `kept_models`: all others are to be trained again.

**If it fails:** a red `plan_takedown` names what to correct; mostly an id that the lake does not know. A red
`take_down` says in its log what is left, such as a version under Object Lock or a tag on the Hub: do that, then clear
the task, which does only what is left and searches once more. One that was killed can be cleared at any time. While a
refresh holds the lake the task waits for its retry.

**What it cannot reach** is in every plan: downloads, forks, weights, a provider's logs, backups, and Airflow's own
labels and logs, which name article ids. `docs/takedown.md` has the whole of it.
"""

from __future__ import annotations

import datetime as dt

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import dag, task

from ownvoice.airflow import takedown_tasks
from ownvoice.airflow.callbacks import CALLBACKS
from ownvoice.airflow.retry_policy import RETRY_POLICY

PLANNED = "{% set plan = ti.xcom_pull(task_ids='plan_takedown') %}"
SUBJECT = PLANNED + "Take down what {{ plan['takedown_id'] }} names, for good?"
BODY = (
    PLANNED
    + """\
{% for line in plan['lines'] %}    {{ line }}
{% endfor %}
*Approve* takes it down; [its record]({{ plan['page'] }}) says what was done. *Reject* changes nothing."""
)

plan_takedown = task(takedown_tasks.plan_takedown, execution_timeout=dt.timedelta(hours=12))
take_down = task(takedown_tasks.take_down, execution_timeout=dt.timedelta(hours=24))


@dag(
    schedule=None,
    start_date=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    catchup=False,
    max_active_runs=1,
    params=takedown_tasks.takedown_form(),
    default_args={
        "owner": "ownvoice",
        "retries": 3,
        "retry_delay": dt.timedelta(minutes=20),  # a lease that nobody renews is over by then
        "retry_policy": RETRY_POLICY,
        **CALLBACKS,
    },
    tags=["ownvoice", "dataset"],
    doc_md=__doc__,
)
def takedown() -> None:
    """Wire the takedown."""
    approve_takedown = ApprovalOperator(
        task_id="approve_takedown",
        subject=SUBJECT,
        body=BODY,
        response_timeout=dt.timedelta(days=14),  # without an answer the run ends red, and nothing was changed
    )
    plan_takedown() >> approve_takedown >> take_down()


takedown()
