"""A PostgreSQL server of Debian's: a private, empty cluster that lives for one test."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

SERVERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name))

# The server takes connections by a socket in its own folder only, so that it needs no port and meets no other server.
_OPTIONS = "-c listen_addresses='' -c fsync=off"


@contextlib.contextmanager
def running_postgres() -> Iterator[str]:
    """Start an empty server and yield its address; PostgreSQL refuses to run as root, so that root hands it over.

    The test is skipped where no server is installed.
    """
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
        pg("pg_ctl", "start", "--wait", "-l", str(folder / "log"), "-o", f"-k {folder} {_OPTIONS}")
        try:
            yield f"postgresql://airflow@/postgres?host={folder}"
        finally:
            pg("pg_ctl", "stop", "--mode=immediate")
    finally:
        shutil.rmtree(folder)
