"""# Have people review pairs

People see some pairs of a dataset version, one a screen, without knowing which answer is the author's, and say which is
better. What they overturn leaves the dataset, what they edit takes the place of what a model wrote.

| task | what it does | leaves in the lake |
|---|---|---|
| `draw_sample` | draws the items of the round, and writes them down | `reviews/<round>/sample.parquet` |
| `approve_round` | waits for a person: one approval a round, in *Required Actions*, when the reviewing is done | |
| `fold_round` | closes the round, and writes what follows for its pairs | `reviews/<round>/decisions.parquet` |
| `close_round` | closes a round that was rejected, without decisions | `reviews/<round>/closed.json` |

**Reviewing** is done on the page that *Required Actions* links to, by as many people as like, for as long as the
approval waits; each answer is in the lake as soon as it is given. *Approve* ends the round with what was answered by
then; pairs that nobody answered stay as they are. *Reject* ends it without decisions. Its answers are kept.

**What follows:** the next run of `refresh_preferences` takes the decisions into its version, also on a night on which
nothing else is to be done, and so does every later one. A pair of which more than half of its reviewers prefer the
rejected answer, or find both bad, is dropped; it is never turned around. `docs/review-guideline.md` is what reviewers
read.

**If it fails:** a red `draw_sample` names what to correct: no version, or no pair that was not reviewed before. A red
`approve_round` had no answer for two weeks: the round stays open; clear it to ask again. A red `fold_round` names an
object that cannot be read; clear it, and it begins again from the same answers.

**By hand:** *size* is the number of items; 60 of 100 are random, 30 such as judges disagree about, ten check reviewers.
"""

from __future__ import annotations

import datetime as dt

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import dag, task

from ownvoice.airflow import review_tasks
from ownvoice.airflow.callbacks import CALLBACKS
from ownvoice.airflow.retry_policy import RETRY_POLICY

DRAWN = "{% set drawn = ti.xcom_pull(task_ids='draw_sample') %}"
SUBJECT = DRAWN + "Are the {{ drawn['items'] }} pairs of dataset version {{ drawn['version'] }} reviewed?"
BODY = (
    DRAWN
    + """\
[Review them here]({{ drawn['page'] }}), by guideline {{ drawn['guideline'] }}.{% for note in drawn['notes'] %} \
{{ note }}{% endfor %}

*Approve* when it is done: the next refresh then takes over what people decided. *Reject* ends the round without
decisions; its answers are kept."""
)

draw_sample = task(review_tasks.draw_sample, execution_timeout=dt.timedelta(hours=1))
fold_round = task(review_tasks.fold_round, execution_timeout=dt.timedelta(hours=1))
close_round = task(
    review_tasks.close_round,
    execution_timeout=dt.timedelta(minutes=10),
    trigger_rule="none_failed",  # after a rejection fold_round is skipped
)


@dag(
    schedule=None,
    start_date=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    catchup=False,
    max_active_runs=1,  # a second round would draw the same pairs
    params=review_tasks.review_form(),
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
def review_pairs() -> None:
    """Wire the round."""
    approve_round = ApprovalOperator(
        task_id="approve_round",
        subject=SUBJECT,
        body=BODY,
        response_timeout=dt.timedelta(days=14),  # without an answer the run ends red, and the round stays open
    )
    drawn, folded, closed = draw_sample(), fold_round(), close_round()
    drawn >> approve_round >> folded >> closed


review_pairs()
