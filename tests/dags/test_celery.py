"""The refresh on two Celery workers that share nothing but S3 and the services around them, and what befalls it there.

A version is that of one machine, and what was paid for is not paid for again.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

pytest.importorskip("airflow.providers.celery", reason="the Celery provider is not installed")

from ownvoice.config.run import recorded_run
from ownvoice.dataset.verify import verify
from ownvoice.llm.client import ModelAccess
from ownvoice.refresh import refresh
from ownvoice.storage.lake import Lake
from ownvoice.storage.versions import latest_version
from stand_ins.celery_world import IN_FLIGHT, CeleryWorld, running_celery_world
from stand_ins.live_airflow import wait_for
from stand_ins.model_behaviour import Behaviour

pytestmark = pytest.mark.skipif(
    "OWNVOICE_TEST_CELERY" not in os.environ, reason="minutes long: `make test-celery` runs it"
)

ARTICLES = ("a", "b", "c", "d", "e", "f")


@pytest.fixture(scope="module")
def world(tmp_path_factory, s3_access) -> Iterator[CeleryWorld]:
    with running_celery_world(tmp_path_factory.mktemp("celery"), s3_access) as world:
        yield world


def test_a_worker_killed_in_mid_batch_pays_nothing_twice_and_the_version_is_that_of_one_machine(world, tmp_path):
    run = world.start_run("killed", *ARTICLES)
    world.workers[0].kill()
    kept = world.stored()
    world.end(run)

    asked = Counter(world.asked())
    assert {asked[key] for key in kept} == {1}, "what was stored is not asked again"
    assert asked.total() - len(asked) <= IN_FLIGHT, "only what was under way in the task that was lost"
    assert verify(world.lake).passed
    assert latest_version(world.lake).digest == digest_of_one_machine(world, "refresh_preferences/killed", tmp_path)


def digest_of_one_machine(world: CeleryWorld, run_id: str, folder) -> str:
    """Return the digest of the same run in this process, over a lake in a folder."""
    run = recorded_run(world.lake, run_id)
    world.model.reset(Behaviour(offline_answers=True))
    lake, access = Lake((folder / "lake").as_uri()), ModelAccess(world.model.base_url, world.model.api_key)
    refresh(lake, world.source, run, lambda _: access, lambda _: None, lambda _: None)
    return latest_version(lake).digest


def restart_the_broker(world: CeleryWorld, run: str) -> None:
    world.broker.stop()
    world.broker.start()


def shut_a_worker_down(world: CeleryWorld, run: str) -> None:
    """As a deployment does: the worker ends its batch, and another takes its place."""
    world.workers[0].ask_to_stop()
    wait_for(world.workers[0].has_stopped, "the worker has ended its batch")
    world.workers[0].start()


def clear_a_running_batch(world: CeleryWorld, run: str) -> None:
    world.airflow.clear(run, "generate_batch", 0)


def deliver_twice(world: CeleryWorld, run: str) -> None:
    """Do what Redis' transport does after the visibility timeout: queue again what no worker has acknowledged."""
    assert world.broker.deliver_again() > 0


@pytest.mark.parametrize(
    ("befalls", "asked_again"),
    [(restart_the_broker, 0), (shut_a_worker_down, 0), (deliver_twice, 0), (clear_a_running_batch, IN_FLIGHT)],
)
def test_what_befalls_a_run_in_mid_batch_costs_nothing(
    world: CeleryWorld, befalls: Callable[[CeleryWorld, str], None], asked_again: int
):
    name = befalls.__name__
    run = world.start_run(name, *(f"{name}-{number}" for number in range(4)))
    befalls(world, run)
    world.end(run)
    asked = Counter(world.asked())
    assert asked.total() - len(asked) <= asked_again
    assert verify(world.lake).passed
