"""# Refresh the preference dataset

Every night, new, edited and removed articles become one new version of the preference dataset.

| task | what it does | leaves in the lake |
|---|---|---|
| `list_new_articles` | compares the source with the table of articles | `runs/<run>/changes.parquet` |
| `plan_batches` | cuts pending articles into chunks and batches | `runs/<run>/plan/` |
| `generate_batch` | asks the model about each chunk that has no stored answer | `answers/` |
| `curate_batch` | proves every quote verbatim, applies the filters | `runs/<run>/staged/` |
| `augment_batch` | has further prompts written for the proved quotes, if the recipe names kinds | `answers/` |
| `reject_batch` | asks a second model at an endpoint, if the recipe names one, for the rejected answers | `answers/` |
| `write_rejected_job` | writes what a second model of the lake or the Hub is asked | `runs/<run>/answering/` |
| `answer_rejected` | loads that model once, where models are trained, and has it answer | `answers/` |
| `add_rejected` | puts its answers beside their pairs | `runs/<run>/staged/` |
| `choose_judged` | says which judges of the recipe count: those that are qualified | |
| `judge_batch` | has them see every pair; drops and chooses where the recipe says so | `tables/judgements` |
| `commit_version` | commits the whole run as one version, or nothing | `tables/` |
| `write_report` | counts what happened, audits the pairs | `runs/<run>/report.json`, `report.html` |
| `advance_cursor` | records how far the source has been read, last of all | `cursor.json` |
| `release_lake` | lets the next run have the lake; until then another run is refused | `lease/` |

**If it fails:** clear the failed task, or trigger another run. Stored answers are never paid for again, and a repeated
commit changes nothing. If one batch of many fails, the others are committed, its chunks stay pending for the next run,
and the run ends red. A red `list_new_articles` names the setting, connection or store to correct. Each failed task ends
its log with one line that says why; `OWNVOICE_NOTIFIERS` names who is notified, once a task.

**A second model of the lake or the Hub** is `run:newest` or the like in `rejected_by`; for other recipes its three
tasks are skipped. It is fixed when the run begins. A killed or cleared `answer_rejected` asks for what is missing
alone; if it fails for good, what it was asked about stays pending, and the run ends red.

**Judges** are those of `judged_by` that came through `ownvoice judges qualify`; without any, their task is skipped.

**What it was worth:** the report has two verdicts, on the night (what ran) and on its data (what it is worth). A green
run may have worthless data: `write_report` notifies of both where the night did not pass or the data has something new
to look at.

**The schedule** makes up for no night that passed more than an hour ago: a DAG that is unpaused at noon begins at the
next time of its schedule.

**In batch mode** `generate_batch` submits its requests to the endpoint's batch API and defers, for up to a day, without
holding a worker. A cleared or retried task attaches to the batch jobs that run. To stop a run, cancel its batch jobs at
the endpoint: their answers so far are kept, the others stay pending. The budget counts every request at its worst.

**By hand:** *dry run* plans and estimates without a single request; *limit articles* tries a few; *reconcile* finds
edits and removals in old day folders too; *retry* asks again about dead chunks, and about nothing else. A run of only a
part of the work does not move the cursor.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from airflow.sdk import dag, task, task_group

from ownvoice.airflow import refresh_tasks
from ownvoice.airflow.assets import PREFERENCE_DATASET
from ownvoice.airflow.callbacks import CALLBACKS, on_report
from ownvoice.airflow.deferrable import deferrable_task
from ownvoice.airflow.refresh_form import refresh_form
from ownvoice.airflow.retry_policy import RETRY_POLICY
from ownvoice.airflow.timetable import PunctualCronTimetable
from ownvoice.airflow.trainer import answer_arguments, trainer_task
from ownvoice.config.settings import load_settings
from ownvoice.training.settings import load_training_settings

SETTINGS = load_settings()
BATCH_LABEL = "{{ task.op_kwargs['batch']['label'] }}"
ASKING: dict[str, Any] = {
    "execution_timeout": dt.timedelta(hours=6),
    "retries": 3,
    "max_active_tis_per_dagrun": SETTINGS.max_active_generation_tasks,  # each gets this share of the rate limits
    "map_index_template": BATCH_LABEL,
}
REJECTED_JOB = "{{ ti.xcom_pull(task_ids='write_rejected_job') }}"

list_new_articles = task(refresh_tasks.list_new_articles)
plan_batches = task(refresh_tasks.plan_batches)
generate_batch = deferrable_task(refresh_tasks.generate_batch, **ASKING)
curate_batch = task(refresh_tasks.curate_batch, map_index_template=BATCH_LABEL)
augment_batch = task(refresh_tasks.augment_batch, **ASKING)
reject_batch = task(refresh_tasks.reject_batch, **ASKING)
write_rejected_job = task(
    refresh_tasks.write_rejected_job,
    trigger_rule="all_done_min_one_success",  # a failed batch does not keep the others from their rejected answers
)
add_rejected = task(refresh_tasks.add_rejected)
choose_judged = task(refresh_tasks.choose_judged)
judge_batch = deferrable_task(
    refresh_tasks.judge_batch,
    **ASKING,
    trigger_rule="all_done",  # a batch that failed before is no reason to leave the others unjudged
)
commit_version = task(
    refresh_tasks.commit_version,
    outlets=[PREFERENCE_DATASET],
    trigger_rule="all_done",  # a failed batch does not keep the others from being committed
)
write_report = task(refresh_tasks.write_report, trigger_rule="all_done", on_success_callback=on_report)
# After a failed batch the cursor stays and the run is red.
advance_cursor = task(refresh_tasks.advance_cursor, trigger_rule="none_failed")
release_lake = task(refresh_tasks.release_lake, trigger_rule="all_done")


@task_group(prefix_group_id=False)
def settle_batch(batch: dict[str, Any]) -> None:
    """Generate, curate, augment and reject one batch."""
    reject_batch(batch=augment_batch(batch=curate_batch(batch=generate_batch(batch=batch))))


@dag(
    schedule=PunctualCronTimetable("0 2 * * *", timezone="UTC"),
    start_date=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    catchup=False,
    max_active_runs=1,  # one writer at a time
    params=refresh_form(SETTINGS),
    default_args={
        "owner": "ownvoice",
        "execution_timeout": dt.timedelta(hours=1),
        "retries": 2,
        "retry_delay": dt.timedelta(minutes=2),
        "retry_policy": RETRY_POLICY,
        **CALLBACKS,
    },
    tags=["ownvoice", "dataset"],
    doc_md=__doc__,
)
def refresh_preferences() -> None:
    """Wire the refresh."""
    listed, batches = list_new_articles(), plan_batches()
    settled = settle_batch.expand(batch=batches)
    answer_rejected = trainer_task(
        "answer_rejected",
        answer_arguments(REJECTED_JOB),
        load_training_settings(),
        gpu=True,
        execution_timeout=refresh_tasks.MAX_ANSWERING,
        retries=3,
    )
    rejected, judged = add_rejected(), judge_batch.expand(batch=choose_judged(batches))
    committed, reported, advanced = commit_version(), write_report(), advance_cursor()
    listed >> batches >> settled >> write_rejected_job() >> answer_rejected >> rejected >> judged
    settled >> judged >> committed >> reported >> advanced
    [settled, rejected, judged, committed] >> advanced
    [reported, advanced] >> release_lake().as_teardown()


refresh_preferences()
