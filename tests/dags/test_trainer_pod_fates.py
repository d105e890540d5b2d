"""The task of a pod against a cluster in each of its fates: the error, the number of looks, and what is left behind.

A task goes through its deferrals as Airflow does it: start, trigger, wake-up, and again until it ends.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import os
from types import SimpleNamespace

import pytest

pytest.importorskip("kubernetes")

from airflow.sdk.exceptions import AirflowException, AirflowFailException, TaskDeferred

from ownvoice.airflow.pod import operator, trigger
from ownvoice.airflow.trainer import trainer_task
from ownvoice.training.settings import TrainingSettings
from stand_ins.kubernetes_api import running_cluster
from stand_ins.pod_shapes import Shape, ended, event, failed, running, unschedulable, waiting

SETTINGS = TrainingSettings(
    kubernetes_conn_id="gpus", namespace="ml", image="registry.example/trainer@sha256:0123", memory="48Gi"
)
NO_GPU = "0/3 nodes are available: 3 Insufficient nvidia.com/gpu."


@pytest.fixture
def cluster(tmp_path, monkeypatch):
    """A cluster whose trainer prints two lines and ends with the code that the test chooses."""
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\necho "$SAID"\nexit "$CODE"\n')
    python.chmod(0o755)
    with running_cluster(str(python)) as cluster:
        cluster.variables = {"PATH": os.environ["PATH"], "SAID": "", "CODE": "0"}
        connection = {"conn_type": "kubernetes", "extra": {"kube_config": cluster.kubeconfig(), "namespace": "ml"}}
        monkeypatch.setenv("AIRFLOW_CONN_GPUS", json.dumps(connection))
        yield cluster


class Task:
    """One try after another of a task, with what Airflow keeps of it between them."""

    def __init__(self, settings=SETTINGS, *, gpu=True):
        self.settings, self.gpu = settings, gpu
        self.store: dict = {}
        self.told: list[str] = []
        self.triggers: list = []

    def run(self, number=1, after_s=0.0, turns=20):
        """Run one try to its end; return its error, or None. It began `after_s` seconds ago."""
        context = self._context(number, after_s)
        method, event = "execute", None
        for _ in range(turns):
            worker = self._operator()
            try:
                arguments = {} if method == "execute" and event is None else {"event": event}
                return getattr(worker, method)(context, **arguments)
            except TaskDeferred as deferred:
                self.triggers.append(deferred.trigger)
                method, event = deferred.method_name, self._fired(deferred.trigger)
            except AirflowException as error:
                return error
        raise AssertionError("the task goes on and on")

    def _fired(self, trigger):
        path, arguments = trigger.serialize()
        again = type(trigger)(**json.loads(json.dumps(arguments))) if "ownvoice" in path else trigger

        async def first():
            return (await anext(again.run())).payload

        return asyncio.run(asyncio.wait_for(first(), 20))

    def _operator(self):
        worker = trainer_task("train", ["-m", "ownvoice.training"], self.settings, gpu=self.gpu)
        worker.poll_interval = 0.02
        worker.logging_interval = 0
        return worker

    def _context(self, number, after_s):
        ti = SimpleNamespace(
            dag_id="train_dpo", task_id="train", run_id="a-run", map_index=-1, try_number=number,
            start_date=dt.datetime.now(dt.UTC) - dt.timedelta(seconds=after_s), xcom_push=lambda **_: None,
        )  # fmt: skip
        store = SimpleNamespace(get=self.store.get, set=self._set)
        return {"ti": ti, "run_id": ti.run_id, "dag": SimpleNamespace(), "task_state_store": store}

    def _set(self, key, value):
        self.store[key] = value
        if key == "waits_for":
            self.told.append(value)


def looks(cluster):
    return cluster.calls.count("get one pods")


AT_ONCE = {
    "memory": (ended(137, "OOMKilled"), "OWNVOICE_TRAINER_MEMORY (48Gi)"),
    "scratch": (failed("Evicted", 'Usage of EmptyDir volume "scratch" exceeds the limit "120Gi".'), "TRAINER_SCRATCH"),
    "image": (waiting("ImagePullBackOff", "Back-off pulling image"), "registry.example/trainer@sha256:0123 cannot"),
    "image name": (waiting("InvalidImageName"), "is no name of an image"),
    "Secret": (waiting("CreateContainerConfigError", 'secret "keys" not found'), "The Kubernetes Secret keys"),
    "deadline": (failed("DeadlineExceeded", code=137), "OWNVOICE_TRAINER_DEADLINE_S"),
}


@pytest.mark.parametrize("name", AT_ONCE)
def test_what_no_retry_mends_is_red_at_the_first_look_and_leaves_no_pod(cluster, name):
    shape, words = AT_ONCE[name]
    cluster.fates = [shape]
    error = Task().run()
    assert isinstance(error, AirflowFailException)
    assert words in str(error)
    assert looks(cluster) == 2, "one that judges, one for the log"
    assert cluster.pods == {}


RESUMED = {
    "evicted": failed("Evicted", "The node was low on resource: memory."),
    "preempted": failed("", code=143, disruption="PreemptionByScheduler"),
    "drained, and deleted": Shape(running().status, gone=True),
    "node shut down": failed("Terminated", "Pod was terminated in response to imminent node shutdown."),
    "node lost": ended(137, "ContainerStatusUnknown"),
    "disk of the node": failed("Evicted", "The node was low on resource: ephemeral-storage."),
    "killed": ended(137),
}


@pytest.mark.parametrize("name", RESUMED)
def test_what_a_retry_mends_is_retried_and_the_next_try_has_a_pod_of_its_own(cluster, name):
    cluster.fates = [RESUMED[name]]
    task = Task()
    error = task.run()
    assert isinstance(error, AirflowException)
    assert not isinstance(error, AirflowFailException)
    assert "next try resumes" in str(error)
    assert task.run(number=2) is None
    assert len(cluster.created) == 2
    assert cluster.pods == {}


def test_the_cause_of_waiting_is_told_at_the_second_look_and_the_end_of_waiting_too(cluster):
    cluster.fates = [unschedulable(NO_GPU, looks=5)]
    task = Task()
    assert task.run() is None
    assert task.told[0] == (
        "No node takes the pod: wait for free GPUs or add a node with OWNVOICE_TRAINER_GPU_COUNT (1) of them. "
        f'Kubernetes says: "{NO_GPU.rstrip(".")}".'
    )
    assert len(task.told) <= 2
    assert [one.told for one in task.triggers][:2] == ["", task.told[0]]


def test_waiting_for_a_node_ends_red_with_the_cause(cluster):
    cluster.fates = [unschedulable(NO_GPU)]
    task = Task(SETTINGS.model_copy(update={"capacity_timeout_s": 0}))
    error = task.run()
    assert isinstance(error, AirflowFailException)
    assert "OWNVOICE_TRAINER_CAPACITY_TIMEOUT_S (0 s)" in str(error)
    assert NO_GPU.rstrip(".") in str(error)
    assert cluster.pods == {}


def test_a_busy_registry_gets_a_few_tries_and_then_it_is_red(cluster):
    message = "Failed to pull image: 429 Too Many Requests"
    cluster.fates = [waiting("ImagePullBackOff", "", event("Failed", message, count=2))]
    task = Task(SETTINGS.model_copy(update={"startup_timeout_s": 0}))
    error = task.run()
    assert isinstance(error, AirflowFailException)
    assert "OWNVOICE_TRAINER_STARTUP_TIMEOUT_S" in str(error)
    cluster.fates = [waiting("ImagePullBackOff", "", event("Failed", message, count=5))]
    assert "registry.example/trainer@sha256:0123 cannot be pulled" in str(Task().run())


def test_the_trainers_last_sentence_is_the_error(cluster):
    said = "DIVERGED: loss is nan at step 3. Lower learning_rate and train again. (4.0 s)\nsome library says goodbye"
    cluster.variables |= {"SAID": said, "CODE": "11"}
    error = Task().run()
    assert isinstance(error, AirflowFailException)
    assert str(error) == "loss is nan at step 3. Lower learning_rate and train again."


def test_a_quota_that_is_used_up_is_waited_for_and_asked_again(cluster, monkeypatch):
    monkeypatch.setattr(operator, "_ASK_AGAIN_S", 0.01)
    quota = (
        403,
        'pods "x" is forbidden: exceeded quota: gpus, requested: cpu=1, used: cpu=1, limited: cpu=1',
    )
    cluster.refusals = [quota, quota]
    task = Task()
    assert task.run() is None
    assert "The quota of the namespace ml is used up" in task.told[0]
    cluster.refusals = [quota]
    error = Task().run(after_s=SETTINGS.capacity_timeout_s)
    assert isinstance(error, AirflowFailException)
    assert "OWNVOICE_TRAINER_CAPACITY_TIMEOUT_S" in str(error)


def test_a_pod_that_the_cluster_refuses_fails_at_once_without_its_manifest_in_the_log(cluster, capfd):
    cluster.refusals = [(403, 'pods "x" is forbidden: violates PodSecurity "restricted:latest": seccompProfile')]
    error = Task().run()
    assert isinstance(error, AirflowFailException)
    assert "The Pod Security of the namespace ml refuses the pod" in str(error)
    printed = capfd.readouterr()
    assert "Traceback" not in printed.out + printed.err
    assert "containers" not in printed.out + printed.err


def test_a_namespace_or_a_connection_that_is_not_there_is_named(cluster, monkeypatch):
    cluster.refusals = [(404, 'namespaces "ml" not found')]
    assert "OWNVOICE_TRAINER_NAMESPACE" in str(Task().run())
    monkeypatch.delenv("AIRFLOW_CONN_GPUS")
    error = Task().run()
    assert isinstance(error, AirflowFailException)
    assert "OWNVOICE_TRAINER_KUBERNETES_CONN_ID" in str(error)


@pytest.mark.parametrize("how", ["no answer", "403", "half an answer"])
def test_an_api_that_is_away_for_a_while_ends_no_training(cluster, how):
    cluster.fates = [running(looks=6)]
    cluster.away_at, cluster.away_by = range(3, 9), how
    task = Task()
    assert task.run() is None
    assert len(cluster.created) == 1


def test_an_api_that_stays_away_leaves_the_pod_to_the_next_try(cluster, monkeypatch):
    monkeypatch.setattr(trigger, "_BLIND_FOR_S", 0.0)
    cluster.fates = [running(looks=12)]
    cluster.away_at = range(2, 1000)
    task = Task()
    error = task.run()
    assert isinstance(error, AirflowException)
    assert not isinstance(error, AirflowFailException)
    assert "the next try finds the pod again" in str(error)
    assert len(cluster.pods) == 1
    cluster.away_at = range(0)
    assert task.run(number=2) is None
    assert len(cluster.created) == 1


def test_the_role_of_the_chart_suffices_and_without_events_a_pod_still_trains(cluster):
    cluster.fates = [unschedulable(NO_GPU, looks=3), unschedulable(NO_GPU, looks=3)]
    assert Task().run() is None
    cluster.role -= {("list", "events")}
    assert Task().run() is None


@pytest.mark.parametrize("verb", ["create", "get", "list"])
def test_a_verb_that_the_role_lacks_is_named_at_once(cluster, verb):
    cluster.role -= {(verb, "pods")}
    error = Task().run()
    assert isinstance(error, AirflowFailException)
    assert "docker/helm/trainer-role.yaml" in str(error)
    assert f'cannot {verb} resource "pods"' in str(error)


def test_pods_that_cannot_be_stopped_at_the_end_of_a_run_are_one_sentence(cluster):
    cluster.role -= {("list", "pods")}
    with pytest.raises(AirflowFailException, match=r"docker/helm/trainer-role\.yaml"):
        operator.stop_pods_of(SETTINGS, "train_dpo", "a-run")


def test_no_key_is_in_what_airflow_stores_of_the_wait(cluster):
    task = Task()
    assert task.run() is None
    assert "cluster-token" not in json.dumps([one.serialize() for one in task.triggers], default=str)
