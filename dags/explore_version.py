"""# Explore a dataset version

Each new version of the dataset starts a run: it finds the topics of the newest version, how far pairs cover them, how
various the pairs are beside the version before, and what to generate next. No model is asked. It is a DAG of its own,
so that no night waits for it or fails with it.

| task | what it does | leaves in the lake |
|---|---|---|
| `explore_newest` | explores the newest version, once | `explored/` |

**If it fails:** the version is whole, and its page *What it is about* stays empty. Clear `explore_newest`, or run
`ownvoice explore`.
"""

from __future__ import annotations

import datetime as dt

from airflow.sdk import dag, task

from ownvoice.airflow import explore_tasks
from ownvoice.airflow.assets import PREFERENCE_DATASET
from ownvoice.airflow.callbacks import CALLBACKS
from ownvoice.airflow.retry_policy import RETRY_POLICY


@dag(
    schedule=[PREFERENCE_DATASET],
    start_date=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    catchup=False,
    max_active_runs=1,
    default_args={
        "owner": "ownvoice",
        "execution_timeout": dt.timedelta(hours=2),
        "retries": 2,
        "retry_delay": dt.timedelta(minutes=2),
        "retry_policy": RETRY_POLICY,
        **CALLBACKS,
    },
    tags=["ownvoice", "dataset"],
    doc_md=__doc__,
)
def explore_version() -> None:
    """Wire the exploration."""
    task(explore_tasks.explore_newest)()


explore_version()
