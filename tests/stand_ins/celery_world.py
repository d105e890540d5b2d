"""A whole Airflow on Celery: PostgreSQL, Redis, two workers, S3 with a source and a lake, and a slow model."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from ownvoice.llm.request import RequestBody, request_key
from ownvoice.storage.aws import AwsAccess
from ownvoice.storage.lake import Lake
from ownvoice.storage.stores import ObjectStore
from stand_ins.celery_workers import CeleryWorker, running_workers
from stand_ins.live_airflow import LiveAirflow, running_airflow, wait_for
from stand_ins.model_behaviour import Behaviour
from stand_ins.model_server import ModelServer, running_model_server
from stand_ins.night import article
from stand_ins.places import REPOSITORY
from stand_ins.postgres import running_postgres
from stand_ins.redis_server import RedisServer, running_redis
from stand_ins.s3_server import make_bucket

IN_FLIGHT = 2
"""Most requests that a task has open."""

_SLOW = Behaviour(offline_answers=True, median_s=1.0, sigma=0.1)
_HEARTBEAT_TIMEOUT_S = 12
_BATCHES = 2


@dataclass(frozen=True)
class CeleryWorld:
    """Everything that a refresh on Celery meets. Each worker takes one task at a time."""

    airflow: LiveAirflow
    workers: list[CeleryWorker]
    broker: RedisServer
    model: ModelServer
    source: ObjectStore
    lake: Lake

    def start_run(self, run_id: str, *articles: str) -> str:
        """Put new articles into the source and start a refresh; return its path once both workers are in mid-batch."""
        self.model.reset(_SLOW)
        for worker in self.workers:
            if worker.has_stopped():
                worker.start()
        for name in articles:
            self.source.write(f"{name}.md", f"---\nid: {name}\nauthor_id: tests\n---\n{article(name)}".encode())
        run = self.airflow.trigger("refresh_preferences", run_id)
        wait_for(lambda: self._in_mid_batch(run_id), "both workers are in mid-batch")
        return run

    def end(self, run: str) -> None:
        """Wait until the run has ended, and see that it is green."""
        wait_for(lambda: self.airflow.run_state(run) in ("success", "failed"), "the run ends", timeout_s=400)
        assert self.airflow.run_state(run) == "success", self.airflow.states(run)

    def asked(self) -> list[str]:
        """Return the request key of every request since the run began, in the order of arrival."""
        return [request_key(cast(RequestBody, body)) for body in self.model.bodies]

    def stored(self) -> set[str]:
        """Return the request keys of the answers in the lake that were asked for since the run began."""
        return {found.key.split("/")[-2] for found in self.lake.store.objects("answers")} & {*self.asked()}

    def _in_mid_batch(self, run_id: str) -> bool:
        at_work = [("generate_batch" in {task_id for task_id, _ in worker.tasks(run_id)}) for worker in self.workers]
        return all(at_work) and len(self.stored()) >= IN_FLIGHT


@contextlib.contextmanager
def running_celery_world(folder: Path, s3: AwsAccess) -> Iterator[CeleryWorld]:
    """Run it for as long as the block lasts. The test is skipped where PostgreSQL or Redis is not installed."""
    source = ObjectStore(f"{make_bucket(s3, 'celery-articles')}/blog", s3)
    lake = Lake(f"{make_bucket(s3, 'celery-lake')}/voice", s3)
    dags = _dags_with_quick_retries(folder)
    with running_postgres() as database, running_redis(folder) as broker, running_model_server(_SLOW) as model:
        variables = {
            **_on_celery(broker.url, database),
            **_reaching(s3, model),
            "OWNVOICE_ARTICLES": source.uri,
            "OWNVOICE_LAKE": lake.uri,
        }
        with (
            running_airflow(folder, dags, variables) as airflow,
            running_workers(folder, dags, airflow.environment) as workers,
        ):
            wait_for(lambda: airflow.has_dag("refresh_preferences"), "the DAG is read")
            wait_for(lambda: all(worker.is_ready() for worker in workers), "both workers listen")
            yield CeleryWorld(airflow, workers, broker, model, source, lake)


def _dags_with_quick_retries(folder: Path) -> Path:
    dags = folder / "dags"
    dags.mkdir()
    text = (REPOSITORY / "dags" / "refresh_preferences.py").read_text()
    quick = text.replace('"retry_delay": dt.timedelta(minutes=2)', '"retry_delay": dt.timedelta(seconds=1)')
    assert quick != text
    (dags / "refresh_preferences.py").write_text(quick)
    return dags


def _on_celery(broker: str, database: str) -> dict[str, str]:
    return {
        "AIRFLOW__CELERY__BROKER_URL": broker,
        "AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT": "90000",
        "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(REPOSITORY / "plugins"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database,
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": str(_HEARTBEAT_TIMEOUT_S),
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "2",
    }


def _reaching(s3: AwsAccess, model: ModelServer) -> dict[str, str]:
    extra = {"endpoint_url": s3.endpoint_url, "region_name": s3.region}
    store = {"conn_type": "aws", "login": s3.access_key_id, "password": s3.secret_access_key, "extra": extra}
    return {
        "AIRFLOW_CONN_AWS_ARTICLES": json.dumps(store),
        "AIRFLOW_CONN_AWS_LAKE": json.dumps(store),
        "AIRFLOW_CONN_LLM_API": json.dumps({"conn_type": "http", "host": model.base_url, "password": model.api_key}),
        "OWNVOICE_RECIPE__MODEL": "a-model",
        "OWNVOICE_RECIPE__MIN_CHUNK_CHARS": "400",
        "OWNVOICE_RECIPE__MAX_CHUNK_CHARS": "900",
        "OWNVOICE_MAX_GENERATION_TASKS": str(_BATCHES),
        "OWNVOICE_MAX_REQUESTS_IN_FLIGHT": str(IN_FLIGHT),
        "PYTHONPATH": str(REPOSITORY / "include"),
    }
