"""# Train a model by DPO

One dataset version and one training recipe, or several to compare, become a merged and checked 16-bit model in the
lake, and on the Hugging Face Hub if a repository is named.

| task | what it does | leaves in the lake |
|---|---|---|
| `resolve_dataset` | fixes version and recipes, checks all, estimates hours and cost | `runs/<run>/recipe.json` |
| `approve_gpu` | waits for a person, if a run by hand may cost more than the setting allows | |
| `train` | trains, evaluates, merges, compares: pod, process or elsewhere | `result.json`, `merged/`, `adapter/` |
| `check_health` | judges the curves; *block* ends the run here; of several recipes it chooses one | |
| `plan_style` | chooses held-out prompts of one author; with too few, nothing is asked or judged | `style.json` |
| `answer_prompts` | base, base with passages of the author, and trained model answer them | stored answers |
| `write_style` | measures how near each is to the author's way of writing | `style.json`, `style_answers.parquet` |
| `judge_models` | has the judges that count compare it with the others, if there are any | `quality.json` |
| `publish_model` | one commit, merged and tagged with the run; with `promote` by the rule alone | `publication.json` |
| `all_done` | fails, and with it the run, if a recipe was not trained, or style or quality could not be measured | |
| `write_report` | curves, numbers and verdicts, whatever happened | `report.json`, `curves.svg`, `comparison.json` |

**If it fails:** a red `resolve_dataset` names what to correct; no GPU was used. A red `train` says in its last line how
it ended. Clear it and it resumes from its last checkpoint; out of memory, diverged, or a merge that does not match need
another recipe. A red `check_health` is a verdict: its log names the reasons, and the model stays in the lake. A red
`publish_model` trains nothing again: correct the token or wait for the Hub, then clear it. Marking `train` as failed
stops its trainer. Elsewhere, a deferred `train` waits for a person: its log has the command to start there.

**By hand:** the form starts from the recipe of chapter 6. **By itself:** with `OWNVOICE_TRAINER_AFTER_NEW_PAIRS`, as
soon as so many pairs are new since the last training; such a run needs no approval.

**Champion and challenger:** with `promote` in the form a model is published only where it beats the champion of the
repository by that number, and takes its place; else `publish_model` is skipped, and its log has the reasons.

**Several recipes:** `variants` in the form names what each changes of the recipe. They are trained one after the other
on the same version, each by its own mapped `train` with a folder of its own, and can be retried and cancelled one by
one. The comparison shows held-out numbers and answers side by side. `publish_variant` names the one to publish; without
it *pass* goes before *warn*, then the lowest test loss or, if terms of it differ, the highest test accuracy decides; a
blocked one is never published. If one fails, the others are compared and published; the run is red.
"""

from __future__ import annotations

import datetime as dt

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import dag, task, task_group

from ownvoice.airflow import training_tasks
from ownvoice.airflow.assets import PREFERENCE_DATASET
from ownvoice.airflow.callbacks import CALLBACKS
from ownvoice.airflow.retry_policy import RETRY_POLICY
from ownvoice.airflow.trainer import answer_arguments, publish_arguments, train_arguments, trainer_task
from ownvoice.airflow.training_form import training_form
from ownvoice.training.settings import load_training_settings

SETTINGS = load_training_settings()
PLANS = "{% set plans = ti.xcom_pull(task_ids='resolve_dataset') %}"
SUBJECT = PLANS + "Train {{ params.base_model }} on dataset version {{ plans[0]['dataset_version'] }}?"
COST = (
    PLANS
    + """\
About **{{ plans | sum('hours') | round(2) }} hours** and **{{ plans | sum('usd') | round(2) }} USD**, estimated, for
{{ plans | sum('steps') }} steps over {{ plans | map(attribute='train_pairs') | max }} pairs{{ ' in %d trainings' %
plans | count if plans | count > 1 }}. *Reject* ends the run here, and nothing is spent."""
)
VARIANT = "{{ ti.xcom_pull(task_ids='resolve_dataset')[ti.map_index]['variant'] or 'recipe' }}"

check_health = task(
    training_tasks.check_health,
    execution_timeout=dt.timedelta(minutes=10),
    trigger_rule="all_done_min_one_success",  # a recipe that failed does not keep the others from being judged
)
plan_style = task(training_tasks.plan_style, execution_timeout=dt.timedelta(minutes=30))
write_style = task(
    training_tasks.write_style,
    execution_timeout=dt.timedelta(hours=1),
    trigger_rule="none_failed_min_one_success",  # answer_prompts may be skipped
)
write_report = task(training_tasks.write_report, execution_timeout=dt.timedelta(minutes=30))


@task_group(prefix_group_id=False)
def measure_style() -> None:
    """Plan what the models are asked, have them answer, measure the answers and have judges compare them."""
    answer_prompts = trainer_task(
        "answer_prompts",
        answer_arguments("{{ ti.xcom_pull(task_ids='plan_style') }}"),
        SETTINGS,
        gpu=True,
        execution_timeout=dt.timedelta(days=1),
        pre_execute=training_tasks.skip_unasked,
    )
    planned, measured = plan_style(), write_style()
    planned >> answer_prompts >> measured << planned
    measured >> task(training_tasks.judge_models, execution_timeout=dt.timedelta(hours=6))()


@dag(
    schedule=[PREFERENCE_DATASET] if SETTINGS.after_new_pairs else None,
    start_date=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    catchup=False,
    max_active_runs=1,  # one GPU, and one writer of tables/runs
    params=training_form(SETTINGS.recipe),
    default_args={
        "owner": "ownvoice",
        "retries": 3,
        "retry_delay": dt.timedelta(minutes=2),
        "retry_policy": RETRY_POLICY,
        **CALLBACKS,
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
        response_timeout=dt.timedelta(days=1),  # without an answer the run ends red
        pre_execute=training_tasks.skip_cheap_approval,
    )
    resolved = task(training_tasks.resolve_dataset, execution_timeout=dt.timedelta(hours=1))()
    train = trainer_task(
        "train",
        resolved.map(train_arguments),
        SETTINGS,
        gpu=True,
        max_active_tis_per_dagrun=SETTINGS.trainings_at_once,  # a deferred one counts
        map_index_template=VARIANT,
        execution_timeout=dt.timedelta(days=1),
        trigger_rule="none_failed_min_one_success",  # the approval may be skipped
    )
    publish_model = trainer_task(
        "publish_model",
        publish_arguments(SETTINGS),
        SETTINGS,
        gpu=False,
        execution_timeout=dt.timedelta(hours=6),
        pre_execute=training_tasks.skip_unpublishable,
        trigger_rule="all_done_min_one_success",  # what was not measured loses no model; a bad health does
    )
    all_done = EmptyOperator(task_id="all_done", execution_timeout=dt.timedelta(minutes=1))
    reported = write_report().as_teardown()  # it runs whatever happened, and does not turn a red run green
    healthy, measured = check_health(), measure_style()
    resolved >> approve_gpu >> train >> healthy >> publish_model >> reported
    healthy >> measured >> publish_model
    [train, measured] >> all_done >> reported


train_dpo()
