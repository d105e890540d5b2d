"""# Train a model by DPO

One version of the preference dataset and one recipe become a checked, merged 16-bit model in the lake, and on the
Hugging Face Hub where a repository is named.

| task | what it does | leaves in the lake |
|---|---|---|
| `resolve_dataset` | fixes version and recipe, checks both, estimates hours and cost | `runs/<run>/recipe.json` |
| `approve_gpu` | waits for a person where a run by hand may cost more than the setting | |
| `train` | trains, evaluates, merges, compares: a GPU pod, or a process here | `result.json`, `merged/`, `adapter/` |
| `check_health` | reads the curves as a person would; *block* stops here | |
| `publish_model` | one commit on a pull request, merged and tagged with the run | `publication.json` |
| `write_report` | curves, numbers and verdict on one page, whatever happened before | `report.json`, `curves.svg` |

**If it fails:** a red `resolve_dataset` names what to correct, and no GPU was asked for. A red `train` says in its last
line how it ended; clear it and it goes on from its last checkpoint, while out of memory, diverged or a merge that does
not match need another recipe. A red `check_health` is a verdict, not a fault: the reasons stand in its log, the model
stays in the lake unpublished. A red `publish_model` trains nothing again: mend the token or wait for the Hub, clear it.
Marking `train` as failed stops its pod or process.

**By hand:** the form starts from the chapter's recipe. **By itself:** with `OWNVOICE_TRAINER_AFTER_NEW_PAIRS`, once so
many pairs were added since the last training; such a run needs no approval.
"""

from __future__ import annotations

import datetime as dt

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import dag, task

from ownvoice.airflow import training_tasks
from ownvoice.airflow.assets import PREFERENCE_DATASET
from ownvoice.airflow.retries import RETRY_POLICY
from ownvoice.airflow.trainer import publish_arguments, train_arguments, trainer_task
from ownvoice.airflow.training_form import training_form
from ownvoice.training.settings import load_training_settings

SETTINGS = load_training_settings()
PLANNED = "{% set plan = ti.xcom_pull(task_ids='resolve_dataset') %}"
SUBJECT = PLANNED + "Train {{ params.base_model }} on dataset version {{ plan['dataset_version'] }}?"
COST = (
    PLANNED
    + """\
About **{{ plan['hours'] }} hours** and **{{ plan['usd'] }} USD**, estimated, for {{ plan['steps'] }} steps over
{{ plan['train_pairs'] }} pairs. *Reject* ends the run here, and nothing is spent."""
)

resolve_dataset = task(training_tasks.resolve_dataset, execution_timeout=dt.timedelta(hours=1))
check_health = task(training_tasks.check_health, execution_timeout=dt.timedelta(minutes=10))
write_report = task(training_tasks.write_report, execution_timeout=dt.timedelta(minutes=30))


@dag(
    schedule=[PREFERENCE_DATASET] if SETTINGS.after_new_pairs else None,
    start_date=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    catchup=False,
    max_active_runs=1,  # one GPU, and one writer of the table of runs
    params=training_form(SETTINGS.recipe),
    default_args={
        "owner": "ownvoice",
        "retries": 3,
        "retry_delay": dt.timedelta(minutes=2),
        "retry_policy": RETRY_POLICY,
    },
    tags=["ownvoice", "training"],
    doc_md=__doc__,
)
def train_dpo() -> None:
    """Wire the training."""
    approve_gpu = ApprovalOperator(
        task_id="approve_gpu",
        subject=SUBJECT,
        body=COST,
        response_timeout=dt.timedelta(days=1),  # no answer is no approval: the run ends red
        pre_execute=training_tasks.only_above_its_price,
    )
    train = trainer_task(
        "train",
        train_arguments(),
        SETTINGS,
        gpu=True,
        execution_timeout=dt.timedelta(days=1),
        trigger_rule="none_failed_min_one_success",  # an approval that was not needed is skipped
    )
    publish_model = trainer_task(
        "publish_model",
        publish_arguments(SETTINGS),
        SETTINGS,
        gpu=False,
        execution_timeout=dt.timedelta(hours=6),
        pre_execute=training_tasks.only_to_a_repository,
    )
    resolved = resolve_dataset()
    reported = write_report().as_teardown()  # it runs whatever happened, and a red task before it leaves the run red
    resolved >> approve_gpu >> train >> check_health() >> publish_model >> reported
    resolved >> train


train_dpo()
