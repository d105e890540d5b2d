"""# Push the preference dataset to the Hugging Face Hub

Each new version of the dataset starts a run, if `OWNVOICE_HUB_DATASET_REPO` names a repository; the newest version is
pushed, and what the repository already holds is not sent again. It is a DAG of its own, so that a push which waits for
its retry does not hold up the next refresh.

| task | what it does | leaves in the lake |
|---|---|---|
| `push_to_hub` | pushes the newest version in one commit, with its card | `hub/` |

**If it fails:** the version stays in the lake, and the next run pushes the newest version. A red `push_to_hub` says in
its last line what to correct; clear it then, or trigger another run.
"""

from __future__ import annotations

import datetime as dt

from airflow.sdk import dag, task

from ownvoice.airflow import push_tasks
from ownvoice.airflow.assets import PREFERENCE_DATASET
from ownvoice.airflow.callbacks import CALLBACKS
from ownvoice.airflow.retry_policy import RETRY_POLICY
from ownvoice.config.settings import load_settings


@dag(
    schedule=[PREFERENCE_DATASET] if load_settings().hub_dataset else None,
    start_date=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    catchup=False,
    max_active_runs=1,  # one writer of the repository
    is_paused_upon_creation=False,  # naming a repository is what switches it on
    default_args={
        "owner": "ownvoice",
        "execution_timeout": dt.timedelta(hours=2),
        "retries": 3,
        "retry_delay": dt.timedelta(minutes=10),  # the Hub's rate limits are for five minutes
        "retry_policy": RETRY_POLICY,
        **CALLBACKS,
    },
    tags=["ownvoice", "dataset"],
    doc_md=__doc__,
)
def push_dataset() -> None:
    """Wire the push."""
    task(push_tasks.push_to_hub)()


push_dataset()
