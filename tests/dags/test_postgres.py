"""The refresh on a PostgreSQL metadata database."""

from __future__ import annotations

import os
import subprocess
import sys

import psycopg

from stand_ins.places import REPOSITORY
from stand_ins.postgres import running_postgres


def test_the_refresh_runs_on_a_postgresql_metadata_database():
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "tests/dags/test_refresh_dag.py"]
    with running_postgres() as database:
        child = subprocess.run(
            [*command, "-k", "life and folder"],  # of its own, since Airflow's settings hold for a whole process
            cwd=REPOSITORY,
            env=os.environ | {"OWNVOICE_TEST_METADATA_DB": database},
            capture_output=True,
            text=True,
        )
        assert child.returncode == 0, child.stdout[-4000:] + child.stderr[-4000:]
        assert runs_by_state(database) == {"success": 3}


def runs_by_state(database: str) -> dict[str, int]:
    with psycopg.connect(database) as connection:
        return dict(connection.execute("select state, count(*) from dag_run group by state").fetchall())
