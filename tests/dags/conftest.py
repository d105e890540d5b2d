"""Airflow in one process: an empty home, SQLite, our dags folder. The environment stands before Airflow's import."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stand_ins.places import REPOSITORY

HOME = Path(tempfile.mkdtemp(prefix="ownvoice-airflow-"))

os.environ |= {
    "AIRFLOW_HOME": str(HOME),
    "AIRFLOW__CORE__DAGS_FOLDER": str(REPOSITORY / "dags"),
    "AIRFLOW__CORE__PLUGINS_FOLDER": str(REPOSITORY / "plugins"),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": os.environ.get("OWNVOICE_TEST_METADATA_DB", f"sqlite:///{HOME}/airflow.db"),
    "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
    "AIRFLOW__WORKERS__API_RETRY_WAIT_MIN": "0.01",  # of calls to a cluster
    "AIRFLOW__WORKERS__API_RETRY_WAIT_MAX": "0.01",
    "OWNVOICE_RECIPE__MODEL": "ownvoice-offline-stand-in",
}


@pytest.fixture(scope="session")
def dags() -> dict[str, Any]:
    """Every DAG of the repository, by id, written to a fresh metadata database; retries wait for nothing."""
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db
    from airflow.utils.db import initdb

    initdb()
    DagBundlesManager().sync_bundles_to_db()
    bag = DagBag(dag_folder=str(REPOSITORY / "dags"))
    assert bag.import_errors == {}
    sync_bag_to_db(bag, "dags-folder", None)
    for task in (task for dag in bag.dags.values() for task in dag.tasks):
        task.retry_delay = dt.timedelta(0)
    return dict(bag.dags)


@pytest.fixture
def run_refresh(dags: dict[str, Any]) -> Callable[..., Any]:
    """Run the whole DAG in this process with the form filled in as given; return the finished DAG run."""

    untouched = {
        "dry_run": False,
        "prefix": "",
        "limit_articles": None,
        "mode": "realtime",
        "retry": "none",
        "retry_article": "",
        "retry_error": "",
        "reconcile": False,
        "max_tokens": None,
        "max_cost_usd": None,
        "rejected_by": None,
        "rejected_draws": None,
        "rejected_length": None,
        "rejected_cut": None,
    }

    def run(**form: Any) -> Any:
        # A DAG object keeps what an earlier test() filled in, so that the whole form is sent each time.
        return dags["refresh_preferences"].test(run_conf=untouched | form)

    return run


@pytest.fixture
def run_push(dags: dict[str, Any]) -> Callable[[], Any]:
    """Run the push in this process, as a new version starts it; return the finished DAG run."""
    return lambda: dags["push_dataset"].test()
