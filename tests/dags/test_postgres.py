"""The refresh on a PostgreSQL metadata database: a private cluster that lives for one test."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from stand_ins.places import REPOSITORY

SERVERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name))

# The server takes connections by a socket in its own folder only, so that it needs no port and meets no other server.
OPTIONS = "-c listen_addresses='' -c fsync=off"


@pytest.fixture
def database() -> Iterator[str]:
    """Start an empty server and return its address; PostgreSQL refuses to run as root, so that root hands it over."""
    if not SERVERS:
        pytest.skip("PostgreSQL's server is not installed: nothing stands in /usr/lib/postgresql/*/bin")
    folder = Path(tempfile.mkdtemp(prefix="ownvoice-pg-"))
    user = None
    if os.geteuid() == 0:
        user = "postgres"
        shutil.chown(folder, user)

    def pg(program: str, *options: str) -> None:
        command = [str(SERVERS[-1] / program), "-D", str(folder / "data"), *options]
        subprocess.run(command, user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL)

    try:
        pg("initdb", "--username=airflow", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C")
        pg("pg_ctl", "start", "--wait", "-l", str(folder / "log"), "-o", f"-k {folder} {OPTIONS}")
        try:
            yield f"postgresql://airflow@/postgres?host={folder}"
        finally:
            pg("pg_ctl", "stop", "--mode=immediate")
    finally:
        shutil.rmtree(folder)


def test_the_refresh_runs_on_a_postgresql_metadata_database(database):
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "tests/dags/test_refresh_dag.py"]
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
