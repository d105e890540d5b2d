"""# Refresh the preference dataset

Every night: new, edited and removed articles become one new version of the preference dataset.

| task | what it does | leaves in the lake |
|---|---|---|
| `list_new_articles` | holds the source against what is known | `runs/<run>/changes.parquet` |
| `plan_batches` | cuts pending articles into chunks and batches | `runs/<run>/plan/` |
| `generate_batch` | asks the model about each chunk without an answer | `answers/` |
| `curate_batch` | proves every quote verbatim, filters | `runs/<run>/staged/` |
| `reject_batch` | where the recipe names a second model, has it write the rejected answers | `answers/` |
| `commit_version` | commits all of it as one version, or nothing | `tables/` |
| `write_report` | adds up what happened, audits the pairs | `runs/<run>/report.json`, `report.html` |
| `advance_cursor` | marks the night as done, last of all | `cursor.json` |
| `push_to_hub` | pushes the newest version to the Hub, if the settings name a repository | `hub/` |

**If it fails:** clear the failed task, or trigger another run: stored answers are never paid for again, and a
repeated commit changes nothing. If one batch of many fails, the others are committed, its chunks stay pending for the
next night, and the run ends red. A red `list_new_articles` names a setting, a connection or a store to mend.
At the end of its log each failed task says why in a line; `OWNVOICE_NOTIFIERS` names who is told, once a task.

`push_to_hub` retries alone: its fault costs neither version nor cursor, and the next night catches up.

**In batch mode** `generate_batch` hands its requests to the endpoint's batch API and defers, up to a day, without a
worker. Cleared or retried, it finds the batch that runs already. To stop a night, cancel its batches at the endpoint:
what they have answered is taken, the rest waits for another night. A budget is held against every request at its worst.

**By hand:** *dry run* plans and estimates without a single request; *limit articles* tries a few; *reconcile* looks
for edits and removals in old day folders too; *retry* asks again about chunks that have no usable answer, and about
nothing else. A partial run never moves the cursor.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from airflow.sdk import dag, task, task_group

from ownvoice.airflow import refresh_tasks
from ownvoice.airflow.assets import PREFERENCE_DATASET
from ownvoice.airflow.callbacks import CALLBACKS
from ownvoice.airflow.deferrable import deferrable_task
from ownvoice.airflow.refresh_form import refresh_form
from ownvoice.airflow.retry_policy import RETRY_POLICY
from ownvoice.config.settings import load_settings

SETTINGS = load_settings()
BATCH_LABEL = "{{ task.op_kwargs['batch']['label'] }}"

list_new_articles = task(refresh_tasks.list_new_articles, execution_timeout=dt.timedelta(hours=1))
plan_batches = task(refresh_tasks.plan_batches, execution_timeout=dt.timedelta(hours=1))
generate_batch = deferrable_task(
    refresh_tasks.generate_batch,
    execution_timeout=dt.timedelta(hours=6),
    retries=3,
    max_active_tis_per_dagrun=SETTINGS.max_active_generation_tasks,  # each has that share of the account's limits
    map_index_template=BATCH_LABEL,
)
curate_batch = task(refresh_tasks.curate_batch, execution_timeout=dt.timedelta(hours=1), map_index_template=BATCH_LABEL)
reject_batch = task(
    refresh_tasks.reject_batch,
    execution_timeout=dt.timedelta(hours=6),
    retries=3,
    max_active_tis_per_dagrun=SETTINGS.max_active_generation_tasks,
    map_index_template=BATCH_LABEL,
)
commit_version = task(
    refresh_tasks.commit_version,
    execution_timeout=dt.timedelta(hours=1),
    outlets=[PREFERENCE_DATASET],
    trigger_rule="all_done",  # a failed batch keeps nobody else's work from being committed
)
write_report = task(refresh_tasks.write_report, execution_timeout=dt.timedelta(minutes=30), trigger_rule="all_done")
advance_cursor = task(
    refresh_tasks.advance_cursor,
    execution_timeout=dt.timedelta(minutes=5),
    trigger_rule="none_failed",  # so that a failed batch leaves the cursor where it was and the run red
)

push_to_hub = task(
    refresh_tasks.push_to_hub,
    execution_timeout=dt.timedelta(hours=2),
    retries=3,
    retry_delay=dt.timedelta(minutes=10),  # the Hub counts requests by five minutes
)


@task_group(prefix_group_id=False)
def settle_batch(batch: dict[str, Any]) -> None:
    """Ask about one batch, curate what came back, and have what is left rejected answers of its own."""
    reject_batch(batch=curate_batch(batch=generate_batch(batch=batch)))


@dag(
    schedule="0 2 * * *",
    start_date=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    catchup=False,
    max_active_runs=1,  # one writer at a time
    params=refresh_form(SETTINGS),
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
def refresh_preferences() -> None:
    """Wire the night."""
    listed, batches = list_new_articles(), plan_batches()
    settled = settle_batch.expand(batch=batches)
    committed, reported, advanced = commit_version(), write_report(), advance_cursor()
    listed >> batches >> settled >> committed >> reported >> [advanced, push_to_hub()]
    [settled, committed] >> advanced


refresh_preferences()
