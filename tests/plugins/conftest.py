"""Airflow with our plugin, over a lake of real refreshes: one of the sample articles, one of articles that attack."""

from __future__ import annotations

import datetime as dt
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from ownvoice.exploration.explore import explored
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.versions import version_or_latest
from stand_ins.airflow_server import AirflowServer, running_airflow
from stand_ins.browser import CHROMIUM, running_chromium
from stand_ins.hostile_articles import write_hostile_articles
from stand_ins.many_nights import ARTICLES, refresh_once, run_id_of
from stand_ins.places import REPOSITORY

GOOD, BAD, HOSTILE = dt.date(2026, 2, 1), dt.date(2026, 2, 2), dt.date(2026, 2, 3)

# Where no other test has an Airflow in this process already.
os.environ.setdefault("AIRFLOW_HOME", tempfile.mkdtemp(prefix="ownvoice-airflow-"))
os.environ.setdefault("AIRFLOW__CORE__LOAD_EXAMPLES", "False")
sys.path.append(str(REPOSITORY / "plugins"))


@pytest.fixture(scope="session")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Return a lake after three nights: a good one, one with faults, and one of hostile articles."""
    folder = tmp_path_factory.mktemp("nights")
    lake, source = Lake((folder / "lake").as_uri()), folder / "articles"
    source.mkdir()
    for number, sample in enumerate(ARTICLES[:5]):
        (source / sample.name).write_bytes(sample.read_bytes())
        if number == 2:
            refresh_once(lake, source, GOOD, faults=0)
    refresh_once(lake, source, BAD, faults=4)
    write_hostile_articles(source)
    (source / "<img src=x onerror=document.title='owned'>.md").write_bytes(b"\xff\xfe")
    refresh_once(
        lake, source, HOSTILE, faults=1, run_id="<script>document.title='owned'</script> ../../x", max_dead_share=1
    )
    explored(lake, version_or_latest(lake, None), str)
    return lake


@pytest.fixture(scope="session")
def airflow(nights: Lake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AirflowServer]:
    """Run Airflow over that lake; it knows the good night's and the bad night's run."""
    with running_airflow(tmp_path_factory.mktemp("airflow"), nights.uri) as server:
        for date in (GOOD, BAD):
            server.add_run("refresh_preferences", run_id_of(date))
        yield server


@pytest.fixture(scope="module")
def browser(airflow: AirflowServer) -> Iterator[Any]:
    """Start a browser for a module; while playwright runs, nothing else in this thread may run an event loop."""
    if not CHROMIUM.exists():
        pytest.skip(f"no {CHROMIUM} here: apt-get install chromium")
    with running_chromium() as started:
        yield started


@pytest.fixture(scope="session")
def places(nights: Lake) -> SimpleNamespace:
    """Return what stands where in the lake: a row of a chunk and of a pair, of the bad night and of the hostile one."""

    def rows(table: str, where: str) -> list[dict[str, Any]]:
        return [row for batch in scan(nights.table(table), where=where) for row in batch.to_pylist()]

    return SimpleNamespace(
        chunk=rows("chunks", f"refresh_date = '{BAD}' AND array_length(faults) > 0 ORDER BY article_id LIMIT 1")[0],
        pair=rows("pairs", f"refresh_date = '{BAD}' ORDER BY pair_id LIMIT 1")[0],
        hostile_chunks=rows("chunks", f"refresh_date = '{HOSTILE}' ORDER BY article_id, chunk_index"),
        hostile_pairs=rows("pairs", f"refresh_date = '{HOSTILE}' ORDER BY article_id, pair_id"),
    )


@pytest.fixture
def page_app(monkeypatch: pytest.MonkeyPatch) -> Callable[[Lake], Any]:
    """Return a function that opens a client of the app over any lake, without a login and with time for its queries."""
    import httpx

    from ownvoice_monitor import access, rendering, static_files
    from ownvoice_monitor.app import make_app
    from ownvoice_monitor.queries import Queries

    app, queries = make_app(), Queries(deadline_s=60)
    guards = (access.MAY_READ_REFRESHES, access.MAY_READ_TRAININGS, access.MAY_READ_THE_DAG_IN_THE_ADDRESS)
    for guard in (*guards, access.MAY_READ_FEEDBACK, access.MAY_READ_TAKEDOWNS, *static_files.router.dependencies):
        app.dependency_overrides[guard.dependency] = lambda: None
    app.dependency_overrides[access.reviewer] = lambda: "anna"

    def client(lake: Lake, queries: Any = queries) -> httpx.AsyncClient:
        monkeypatch.setattr(rendering, "lake", lambda: lake)
        monkeypatch.setattr(rendering, "queries", lambda: queries)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://airflow", timeout=None)

    return client


@pytest.fixture
def get(page_app: Callable[[Lake], Any]) -> Callable[[Lake, str], Any]:
    """Ask the app for a page of any lake; return the answer."""
    import asyncio

    def ask(lake: Lake, path: str) -> Any:
        async def answered() -> Any:
            async with page_app(lake) as client:
                return await client.get(path)

        return asyncio.run(answered())

    return ask
