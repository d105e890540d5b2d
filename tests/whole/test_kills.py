"""A refresh killed with SIGKILL and run again: the same rows, and no stored answer asked for again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from ownvoice.dataset.verify import verify
from ownvoice.offline_model.server import OFFLINE_MODEL, running_offline_model
from ownvoice.storage.lake import Lake, scan
from stand_ins.night import Night
from stand_ins.places import TESTS
from stand_ins.refresh_and_die import IN_FLIGHT

SECOND = f"{OFFLINE_MODEL}-second"

STEPS = [
    "ownvoice.refresh:list_new_articles",
    "ownvoice.refresh:plan_batches",
    "ownvoice.refresh:generate_batch",
    "ownvoice.refresh:curate_batch",
    "ownvoice.refresh:reject_batch",
    "ownvoice.dataset.commit:write_articles",
    "ownvoice.dataset.commit:write_chunks",
    "ownvoice.dataset.commit:write_pairs",
    "ownvoice.refresh:commit_version",
    "ownvoice.refresh:write_report",
]

BATCH_STEPS = [
    "ownvoice.llm.batch.submit:new_intent",
    "ownvoice.llm.batch.submit:upload_requests",
    "ownvoice.llm.batch.submit:create_batch_job",
    "ownvoice.llm.batch.submit:record_batch_id",
    "ownvoice.llm.batch.results:close_intent",
    "ownvoice.answering.asking:collect_arrived",
    "ownvoice.answering.asking:ask_by_batch_jobs",
]


@pytest.fixture
def night(lake, tmp_path, offline_model):
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write("a", "b", "c", "d")
    return night


def command(lake, tmp_path, model, place="", mode="realtime", second=""):
    script = TESTS / "stand_ins" / "refresh_and_die.py"
    return [
        sys.executable,
        str(script),
        lake.uri,
        (tmp_path / "articles").as_uri(),
        model.base_url,
        mode,
        place,
        second,
    ]


def run(*arguments, **options):
    return subprocess.run(command(*arguments, **options), env=environment(), timeout=60, capture_output=True, text=True)


def environment():
    return os.environ | {"PYTHONPATH": os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")])}


def rows(lake):
    found = [row for batch in scan(lake.table("pairs")) for row in batch.to_pylist()]
    return sorted(found, key=lambda row: row["pair_id"])


def of_undisturbed_run(folder, **options):
    """Return the rows of a run that nobody killed, and the model that it asked."""
    lake = Lake((folder / "lake").as_uri())
    with running_offline_model() as model:
        Night(lake, folder / "articles", model).write("a", "b", "c", "d")
        done = run(lake, folder, model, **options)
        assert done.returncode == 0, done.stderr
    return rows(lake), model


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The rows and the number of requests of a run that nobody killed."""
    found, model = of_undisturbed_run(tmp_path_factory.mktemp("undisturbed"))
    return found, model.requests_served


@pytest.mark.parametrize("place", STEPS)
def test_a_worker_killed_between_two_steps_and_run_again(place, night, undisturbed, lake, tmp_path, offline_model):
    killed = run(lake, tmp_path, offline_model, place)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    again = run(lake, tmp_path, offline_model)
    assert again.returncode == 0, again.stderr
    expected_rows, asked = undisturbed
    assert rows(lake) == expected_rows
    assert offline_model.requests_served == asked, "every answer was paid for once"
    assert verify(lake).passed


def test_a_worker_killed_while_answers_arrive_loses_at_most_those_in_flight(
    night, undisturbed, lake, tmp_path, offline_model
):
    worker = subprocess.Popen(command(lake, tmp_path, offline_model), env=environment())
    while offline_model.requests_served < 3 and worker.poll() is None:
        time.sleep(0.001)
    worker.kill()
    worker.wait()
    again = run(lake, tmp_path, offline_model)
    assert again.returncode == 0, again.stderr
    expected_rows, asked = undisturbed
    assert rows(lake) == expected_rows
    assert asked <= offline_model.requests_served <= asked + IN_FLIGHT


@pytest.mark.parametrize("place", BATCH_STEPS)
def test_a_worker_killed_in_batch_mode_and_run_again_finds_its_batches(
    place, night, undisturbed, lake, tmp_path, offline_model
):
    killed = run(lake, tmp_path, offline_model, place, mode="batch")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    again = run(lake, tmp_path, offline_model, mode="batch")
    assert again.returncode == 0, again.stderr
    expected_rows, asked = undisturbed
    assert rows(lake) == expected_rows
    assert set(offline_model.batch_jobs.billed.values()) == {1}, "every answer was paid for once"
    assert offline_model.requests_served == asked
    assert len(offline_model.batch_jobs.jobs) == 3
    assert verify(lake).passed


def test_a_worker_killed_before_it_could_submit_does_so_when_run_again(
    night, undisturbed, lake, tmp_path, offline_model
):
    killed = run(lake, tmp_path, offline_model, "ownvoice.llm.batch.submit:record_intent", mode="batch")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert offline_model.batch_jobs.jobs == {}
    (intent,) = lake.store.objects("batch_api/open")
    lake.write_json(intent.key, lake.read_json(intent.key) | {"recorded_at": "2026-02-01T00:00:00+00:00"})
    again = run(lake, tmp_path, offline_model, mode="batch")
    assert again.returncode == 0, again.stderr
    expected_rows, asked = undisturbed
    assert rows(lake) == expected_rows
    assert offline_model.requests_served == asked


@pytest.fixture(scope="module")
def undisturbed_by_two(tmp_path_factory):
    """The rows and the requests to each model of a run in which a second model writes the rejected answers."""
    found, model = of_undisturbed_run(tmp_path_factory.mktemp("undisturbed"), second=SECOND)
    return found, model.served


@pytest.mark.parametrize("place", ["ownvoice.refresh:curate_batch", "ownvoice.pairs.second_model:ask_all", STEPS[4]])
def test_a_worker_killed_around_the_second_model_asks_neither_again(
    place, night, undisturbed_by_two, lake, tmp_path, offline_model
):
    killed = run(lake, tmp_path, offline_model, place, second=SECOND)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    again = run(lake, tmp_path, offline_model, second=SECOND)
    assert again.returncode == 0, again.stderr
    expected_rows, asked = undisturbed_by_two
    assert rows(lake) == expected_rows
    assert offline_model.served == asked, "every answer was paid for once"
    assert verify(lake).passed


def test_a_worker_killed_while_rejected_answers_arrive_loses_at_most_those_in_flight(
    night, undisturbed_by_two, lake, tmp_path, offline_model
):
    worker = subprocess.Popen(command(lake, tmp_path, offline_model, second=SECOND), env=environment())
    while offline_model.served[SECOND] < 3 and worker.poll() is None:
        time.sleep(0.001)
    worker.kill()
    worker.wait()
    again = run(lake, tmp_path, offline_model, second=SECOND)
    assert again.returncode == 0, again.stderr
    expected_rows, asked = undisturbed_by_two
    assert rows(lake) == expected_rows
    assert asked[SECOND] <= offline_model.served[SECOND] <= asked[SECOND] + IN_FLIGHT
