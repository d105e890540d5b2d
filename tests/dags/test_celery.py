"""The refresh on two Celery workers that share nothing but S3 and the services around them."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

pytest.importorskip("airflow.providers.celery", reason="the Celery provider is not installed")

from ownvoice.config.recipe import GenerationRecipe
from ownvoice.config.run import RefreshRun
from ownvoice.dataset.verify import verify
from ownvoice.llm.client import ModelAccess
from ownvoice.llm.request import request_key
from ownvoice.refresh import refresh
from ownvoice.storage.lake import Lake
from ownvoice.storage.stores import ObjectStore
from ownvoice.storage.versions import latest_version
from stand_ins.celery_workers import CeleryWorker, running_workers
from stand_ins.live_airflow import LiveAirflow, running_airflow, wait_for
from stand_ins.model_behaviour import Behaviour
from stand_ins.model_server import ModelServer, running_model_server
from stand_ins.night import article
from stand_ins.places import REPOSITORY
from stand_ins.postgres import running_postgres
from stand_ins.redis_server import RedisServer, running_redis

IN_FLIGHT = 2
SLOW = Behaviour(offline_answers=True, median_s=1.0, sigma=0.1)
MODEL = "a-model"


@dataclass
class World:
    """An Airflow with two workers, its services, and an S3 with a source and a lake."""

    airflow: LiveAirflow
    workers: list[CeleryWorker]
    broker: RedisServer
    model: ModelServer
    source: ObjectStore
    lake: Lake

    def write(self, *names: str) -> None:
        for name in names:
            self.source.write(f"{name}.md", f"---\nid: {name}\nauthor_id: tests\n---\n{article(name)}".encode())

    def stored(self) -> set[str]:
        """Return the request keys of the answers in the lake."""
        return {found.key.split("/")[-2] for found in self.lake.store.objects("answers")}


@pytest.fixture(scope="module")
def world(tmp_path_factory, s3_access) -> Iterator[World]:
    from stand_ins.s3_server import make_bucket

    folder = tmp_path_factory.mktemp("celery")
    source = ObjectStore(f"{make_bucket(s3_access, 'celery-articles')}/blog", s3_access)
    lake = Lake(f"{make_bucket(s3_access, 'celery-lake')}/voice", s3_access)
    extra = {"endpoint_url": s3_access.endpoint_url, "region_name": s3_access.region}
    store = {"conn_type": "aws", "login": s3_access.access_key_id, "password": s3_access.secret_access_key,
             "extra": json.dumps(extra)}  # fmt: skip
    with running_postgres() as database, running_redis(folder) as broker, running_model_server(SLOW) as model:
        variables = {
            "AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT": "86400",
            "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(REPOSITORY / "plugins"),
            "AIRFLOW__CELERY__BROKER_URL": broker.url,
            "AIRFLOW__CELERY__RESULT_BACKEND": f"db+{database}",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database,
            "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "8",
            "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "2",
            "AIRFLOW_CONN_AWS_ARTICLES": json.dumps(store),
            "AIRFLOW_CONN_AWS_LAKE": json.dumps(store),
            "AIRFLOW_CONN_LLM_API": json.dumps({"conn_type": "http", "host": model.base_url, "password": "key"}),
            "OWNVOICE_ARTICLES": source.uri,
            "OWNVOICE_LAKE": lake.uri,
            "OWNVOICE_RECIPE__MODEL": MODEL,
            "OWNVOICE_RECIPE__MIN_CHUNK_CHARS": "400",
            "OWNVOICE_RECIPE__MAX_CHUNK_CHARS": "900",
            "OWNVOICE_MAX_GENERATION_TASKS": "4",
            "OWNVOICE_MAX_REQUESTS_IN_FLIGHT": str(IN_FLIGHT),
            "PYTHONPATH": str(REPOSITORY / "include"),
        }
        with (
            running_airflow(folder, dags_with_quick_retries(folder), variables) as airflow,
            running_workers(folder, folder / "dags", airflow.environment) as workers,
        ):
            wait_for(lambda: airflow.has_dag("refresh_preferences"), "the DAG is read")
            wait_for(lambda: all(worker.is_ready() for worker in workers), "both workers listen")
            yield World(airflow, workers, broker, model, source, lake)


def dags_with_quick_retries(folder: Path) -> Path:
    dags = folder / "dags"
    dags.mkdir()
    text = (REPOSITORY / "dags" / "refresh_preferences.py").read_text()
    quick = text.replace('"retry_delay": dt.timedelta(minutes=2)', '"retry_delay": dt.timedelta(seconds=1)')
    assert quick != text
    (dags / "refresh_preferences.py").write_text(quick)
    return dags


def test_a_worker_killed_in_mid_batch_pays_nothing_twice_and_the_version_is_that_of_one_machine(world, tmp_path):
    world.write("a", "b", "c", "d", "e", "f", "g", "h")
    run = world.airflow.trigger("refresh_preferences", "killed")
    victim = wait_for(lambda: worker_in_mid_batch(world, "killed"), "both workers are in mid-batch")
    victim.kill()
    kept = world.stored()
    end(world, run)

    assert all(worker.tasks("killed") for worker in world.workers)
    asked = Counter(request_key(body) for body in world.model.bodies)
    assert [asked[key] for key in kept] == [1] * len(kept), "what was stored is not asked again"
    lost = sum(asked.values()) - len(asked)
    assert lost <= 2 * IN_FLIGHT, "only what was under way in the two tasks of the worker"
    version = latest_version(world.lake)
    assert verify(world.lake).passed
    assert version.digest == digest_of_one_machine(world, tmp_path)


def worker_in_mid_batch(world: World, run_id: str) -> CeleryWorker | None:
    """Return the first worker once both are at work on batches, and answers are stored of it."""
    at_work = [any(task_id == "generate_batch" for task_id, _ in worker.tasks(run_id)) for worker in world.workers]
    return world.workers[0] if all(at_work) and len(world.stored()) >= 2 * IN_FLIGHT else None


def end(world: World, run: str) -> None:
    wait_for(lambda: world.airflow.run_state(run) in ("success", "failed"), "the run ends", timeout_s=180)
    states = world.airflow.states(run)
    assert world.airflow.run_state(run) == "success", states


def digest_of_one_machine(world: World, tmp_path: Path) -> str:
    """Return the digest of the same night in this process, over a folder."""
    recipe = GenerationRecipe(model=MODEL, min_chunk_chars=400, max_chunk_chars=900)
    night = RefreshRun(run_id="here", refresh_date=dt.date(2026, 2, 1), articles_uri=world.source.uri, recipe=recipe)
    lake, access = Lake((tmp_path / "lake").as_uri()), ModelAccess(world.model.base_url, "key")
    refresh(lake, world.source, night, lambda _: access, lambda _: None, lambda _: None)
    version = latest_version(lake)
    assert version is not None
    return version.digest
