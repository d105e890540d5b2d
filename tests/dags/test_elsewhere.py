"""The training DAG where the trainer is a process elsewhere, which shares nothing with Airflow but the lake on S3."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import json
import socket
import threading
import time

import pytest
from airflow.sdk.exceptions import AirflowFailException, TaskDeferred

from ownvoice.airflow.elsewhere import TrainerElsewhere, TrainingEndedTrigger, cancel_trainings_of
from ownvoice.airflow.run_ids import lake_run_id
from ownvoice.errors import Exit, StorageError
from ownvoice.storage.lake import Lake
from ownvoice.storage.run_keys import RunKeys
from ownvoice.training import elsewhere
from ownvoice.training.awaited import Awaited, read_awaited, write_awaited
from ownvoice.training.planning.variants import Variants, write_variants
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.results.report import read_training_report
from ownvoice.training.run import TrainingRun, write_training_run
from stand_ins.places import REPOSITORY
from stand_ins.trainer_elsewhere import checkpoint_key, start_elsewhere
from stand_ins.training_world import filled, filled_in, states


@pytest.fixture
def lake(new_bucket, s3_access, monkeypatch):
    """A lake on S3, that of the settings; its keys are in a connection, which no trainer can read."""
    lake = filled(Lake(new_bucket("a-lake"), s3_access))
    extra = {"region_name": s3_access.region, "endpoint_url": s3_access.endpoint_url}
    connection = {"conn_type": "aws", "login": s3_access.access_key_id, "password": s3_access.secret_access_key}
    monkeypatch.setenv("AIRFLOW_CONN_AWS_LAKE", json.dumps(connection | {"extra": extra}))
    monkeypatch.setenv("OWNVOICE_LAKE", lake.uri)
    monkeypatch.setenv("OWNVOICE_TRAINER_WHERE", "elsewhere")
    monkeypatch.setenv("OWNVOICE_TRAINER_DEADLINE_S", "240")  # so that a test whose trainers did not start ends
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr(elsewhere, "POLL_INTERVAL_S", 0.1)
    return lake


@pytest.fixture(scope="module")
def dag(dags, tmp_path_factory):
    """The training DAG as an installation reads it whose trainers are elsewhere, under a name of its own."""
    from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db

    file = tmp_path_factory.mktemp("dags") / "train_elsewhere.py"
    file.write_text((REPOSITORY / "dags" / "train_dpo.py").read_text().replace("train_dpo()", "train_elsewhere()"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OWNVOICE_TRAINER_WHERE", "elsewhere")
        bag = DagBag(dag_folder=str(file))
    assert bag.import_errors == {}
    sync_bag_to_db(bag, "dags-folder", None)
    for task in bag.dags["train_elsewhere"].tasks:
        task.retry_delay = dt.timedelta(0)
    return bag.dags["train_elsewhere"]


@pytest.fixture
def start(s3_access):
    """Start a trainer elsewhere; in the end, none is left."""
    with contextlib.ExitStack() as stack:

        def start(uri, **switches):
            process = stack.enter_context(start_elsewhere(uri, s3_access, **switches))
            stack.callback(process.kill)
            return process

        yield start


def eventually(look):
    give_up = time.monotonic() + 120
    while not (seen := look()):
        assert time.monotonic() < give_up
        time.sleep(0.05)
    return seen


def test_trainers_elsewhere_train_what_airflow_waits_for_also_ahead_of_their_tasks(dag, lake, start, capfd):
    assert dag.get_task("train").max_active_tis_per_dagrun is None, "there may be a machine for each"

    def person():
        eventually(lambda: any(found.key.endswith("/awaited.json") for found in lake.store.objects("runs")))
        for found in list(lake.store.objects("runs")):
            if found.key.endswith("/recipe.json"):
                start(f"{lake.uri}/{found.key}")

    copying = threading.Thread(target=person)
    copying.start()
    done = dag.test(run_conf=filled_in(dag, {"variants": {"chapter": {}, "soft": {"beta": 0.1}}}))
    copying.join()
    assert done.state == "success", states(done)
    assert read_training_report(lake, f"{lake_run_id(done)}/chapter").verdict == "pass"
    assert lake.read_json(RunKeys(lake_run_id(done)).comparison)["chosen"]
    assert not [found.key for found in lake.store.objects("runs") if found.key.endswith("/awaited.json")]
    printed = capfd.readouterr()
    assert "python -m ownvoice.training --recipe s3://a-lake/runs/" in printed.out
    assert "test-secret" not in printed.out + printed.err


def planned(lake):
    run = TrainingRun(run_id="a-dag/a-run", lake=lake.uri, dataset_version=1, recipe=TrainingRecipe())
    write_variants(lake, run.run_id, Variants({"": run.run_id}))
    return run, TrainerElsewhere(
        task_id="train", arguments=["-m", "ownvoice.training", "--recipe", write_training_run(lake, run)]
    )


def waiting(task):
    with pytest.raises(TaskDeferred) as deferred:
        task.execute({})
    return deferred.value.trigger


async def event_of(trigger):
    async for event in trigger.run():
        return event.payload
    raise AssertionError("it fired no event")


def until_it_ends(task, trigger):
    """Wait as the triggerer does, and end as the worker then does."""
    task.resume({}, asyncio.run(event_of(trigger)))


def test_its_failure_is_that_of_the_task_in_its_own_words_and_no_retry_waits_for_it(lake, start):
    run, task = planned(lake)
    trigger = waiting(task)
    trainer = start(task.arguments[-1], fails="The GPU is too small. Lower max_length.")
    with pytest.raises(AirflowFailException, match=r"^The GPU is too small. Lower max_length.$"):
        until_it_ends(task, trigger)
    assert trainer.wait(120) == Exit.OUT_OF_MEMORY
    assert read_awaited(lake, run.keys) is None
    waiting(task)  # cleared, it waits for a new end


@pytest.mark.parametrize("taken_away", ["kill", "terminate"])
def test_a_machine_that_is_taken_away_is_followed_by_another_which_resumes(lake, start, taken_away):
    run, task = planned(lake)
    trigger = waiting(task)
    first = start(task.arguments[-1], steps=400)
    eventually(lambda: (lake.read_json(checkpoint_key(run)) or 0) >= 3)
    getattr(first, taken_away)()
    first.wait(120)
    steps = lake.read_json(checkpoint_key(run))
    second = start(task.arguments[-1], steps=steps + 3)
    until_it_ends(task, trigger)
    assert f"resuming from the checkpoint of step {steps}\n" in second.communicate(timeout=120)[0]
    assert second.returncode == Exit.TRAINED


def test_of_two_machines_that_start_one_run_one_trains_and_the_other_is_told_so(lake, start):
    run, task = planned(lake)
    first = start(task.arguments[-1], steps=400)
    eventually(lambda: lake.read_json(checkpoint_key(run)))
    second = start(task.arguments[-1])
    assert second.wait(120) == Exit.RUN_HELD
    assert f"is being worked on by {socket.gethostname()}, process {first.pid}" in second.stdout.read()
    assert lake.store.read(run.keys.result) is None, "it wrote over nothing"
    assert first.poll() is None


@pytest.mark.parametrize("way", ["trigger", "teardown"])
def test_cancelled_in_airflow_the_trainer_stops_with_a_checkpoint_and_starts_again_once_awaited(lake, start, way):
    run, task = planned(lake)
    trigger = waiting(task)
    trainer = start(task.arguments[-1], steps=400)
    eventually(lambda: (lake.read_json(checkpoint_key(run)) or 0) >= 2)
    if way == "trigger":
        asyncio.run(trigger.on_kill())
    else:
        cancel_trainings_of(lake, DagRun())
    assert trainer.wait(120) == Exit.STOPPED
    assert "in Airflow" in lake.read_json(run.keys.result)["message"]
    refused = start(task.arguments[-1])
    assert refused.wait(120) == Exit.STOPPED
    assert "Clear its task in Airflow first" in refused.stdout.read()
    waiting(task)
    assert start(task.arguments[-1], steps=5).wait(120) == Exit.TRAINED
    task.execute({})  # trained: nothing is left to wait for


class DagRun:
    dag_id, run_id = "a-dag", "a-run"


def test_a_trigger_that_is_cancelled_late_does_not_cancel_the_wait_that_followed(lake):
    run, task = planned(lake)
    old = waiting(task)
    waiting(task)
    asyncio.run(old.on_kill())
    assert read_awaited(lake, run.keys).cancelled == ""


def test_past_the_deadline_the_task_fails_and_the_trainer_stops(lake, start, monkeypatch):
    run, task = planned(lake)
    trigger = waiting(task)
    trainer = start(task.arguments[-1], steps=400)
    eventually(lambda: lake.read_json(checkpoint_key(run)))
    awaited = read_awaited(lake, run.keys)
    write_awaited(lake, run.keys, awaited.model_copy(update={"until": dt.datetime.now(dt.UTC)}))
    with pytest.raises(AirflowFailException, match=r"OWNVOICE_TRAINER_DEADLINE_S.*goes on from what is stored"):
        until_it_ends(task, trigger)
    assert trainer.wait(120) == Exit.STOPPED


def test_the_trigger_survives_the_triggerer_and_carries_no_key(lake):
    _, task = planned(lake)
    trigger = waiting(task)
    path, arguments = trigger.serialize()
    assert path == "ownvoice.airflow.elsewhere.TrainingEndedTrigger"
    assert TrainingEndedTrigger(**arguments).serialize() == (path, arguments)
    assert "test-secret" not in json.dumps(arguments)


def test_a_wait_that_another_has_replaced_ends(lake):
    run, task = planned(lake)
    trigger = waiting(task)
    now = dt.datetime.now(dt.UTC)
    write_awaited(lake, run.keys, Awaited(waiting_id="another", since=now, until=now, command=""))
    with pytest.raises(AirflowFailException, match="another took its place"):
        until_it_ends(task, trigger)


def test_a_store_that_refuses_wakes_the_task_which_says_so(lake, monkeypatch):
    _, task = planned(lake)
    trigger = waiting(task)
    monkeypatch.setenv("OWNVOICE_LAKE", "s3://gone")
    with pytest.raises(StorageError):
        until_it_ends(task, trigger)
