"""The task that runs the trainer as a pod, and ends as the pod does."""

from __future__ import annotations

import datetime as dt
import logging
from functools import cached_property
from http import HTTPStatus
from typing import Any

from airflow.providers.cncf.kubernetes.hooks.kubernetes import KubernetesHook
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.providers.cncf.kubernetes.pod_generator import make_safe_label_value
from airflow.providers.cncf.kubernetes.utils.pod_manager import PodManager
from airflow.providers.standard.triggers.temporal import TimeDeltaTrigger
from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowException, AirflowFailException
from kubernetes import client as k8s_client
from kubernetes.client import models as k8s
from kubernetes.client.exceptions import ApiException

from ownvoice.airflow.pod.answers import ANSWERS, judge_answer
from ownvoice.airflow.pod.fates import Action, Fate
from ownvoice.airflow.pod.specification import GRACE_PERIOD_S
from ownvoice.airflow.pod.starts import over_capacity_timeout
from ownvoice.airflow.pod.trigger import TrainerPodTrigger
from ownvoice.training.settings import TrainingSettings

_log = logging.getLogger(__name__)

_ASK_AGAIN_S = 60.0  # where a quota has no room for the pod
_WAITS_FOR = "waits_for"
_GOES_ON = "nothing: the pod has its node, and it starts or runs"


class TrainerPod(KubernetesPodOperator):
    """Airflow's pod operator with a trigger that knows why a pod waits or ended; no pod outlives its task.

    What a pod waits for is a line of the task's log, and `waits_for` in its state store, which Airflow shows beside the
    log: a task cannot write the note that a person writes there.
    """

    def __init__(self, *, capacity_timeout_s: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.capacity_timeout_s = capacity_timeout_s

    def execute(self, context: Context, event: Any = None) -> None:
        """Start the pod, or attach to it if it runs; first stop pods that ended instances of the same task left.

        Raises what `_end` does where the cluster makes no pod.
        """
        ti = context["ti"]
        try:
            if ti.map_index is not None and ti.map_index >= 0:
                others = _labels(dag_id=ti.dag_id, run_id=ti.run_id, task_id=ti.task_id)
                _stop_pods(self.client, str(self.namespace), f"{others},map_index!={ti.map_index}")
            super().execute(context)
        except ANSWERS as error:
            fate = judge_answer(error, str(self.namespace))
        else:
            return
        self._not_made(fate, context)

    @cached_property
    def pod_manager(self) -> PodManager:
        """Return what makes and reads pods."""
        return _PodManager(kube_client=self.client)

    def invoke_defer_method(self, last_log_time: Any = None, context: Context | None = None, told: str = "") -> None:
        """Defer until the trigger has something to tell of the pod."""
        assert self.pod is not None  # both callers have just set it
        trigger = TrainerPodTrigger(
            name=self.pod.metadata.name,
            namespace=self.pod.metadata.namespace,
            kubernetes_conn_id=str(self.kubernetes_conn_id),
            capacity_timeout_s=self.capacity_timeout_s,
            startup_timeout_s=self.startup_timeout_seconds,
            poll_interval_s=self.poll_interval,
            logging_interval_s=self.logging_interval or 0,
            grace_period_s=GRACE_PERIOD_S,
            told=told,
            last_log_time=last_log_time,
        )
        self.defer(trigger=trigger, method_name="go_on")

    def go_on(self, context: Context, event: dict[str, Any]) -> None:
        """Do what the trigger found: tell what the pod waits for, or end as it did. Raises what `_end` says."""
        fate = Fate(Action(event["action"]), event["text"])
        self.pod = k8s.V1Pod(metadata=k8s.V1ObjectMeta(name=event["name"], namespace=event["namespace"]))
        if not fate.is_end:
            _tell(fate.text or _GOES_ON, context)
            self.invoke_defer_method(event["last_log_time"], context, told=fate.text)
        if fate.action is not Action.FIND_AGAIN:
            self._finish(event["name"], event["namespace"], event["last_log_time"])
        _end(fate)

    def _finish(self, name: str, namespace: str, last_log_time: str | None) -> None:
        """Copy the last lines of the log and delete the pod; what fails here changes nothing about its fate."""
        try:
            pod = self.hook.get_pod(name, namespace)
            if any(one.state.terminated or one.state.running for one in pod.status.container_statuses or ()):
                since = dt.datetime.fromisoformat(last_log_time) if last_log_time else None
                self._write_logs(pod, since_time=since)
            # A pod on a lost node stays, and no later try may take it for its own.
            self.client.patch_namespaced_pod(name, namespace, {"metadata": {"labels": {self.POD_CHECKED_KEY: "True"}}})
            _stop_pod(self.client, name, namespace)
        except ANSWERS as error:
            if getattr(error, "status", None) != HTTPStatus.NOT_FOUND:
                _log.warning("pod %s may not be deleted yet: %s", name, judge_answer(error, namespace).text)

    def _not_made(self, fate: Fate, context: Context) -> None:
        """Wait where the cluster has no room for the pod; raise what `_end` does where it refuses the pod."""
        now = dt.datetime.now(dt.UTC)
        if fate.action is Action.WAIT_FOR_NODE:
            fate = over_capacity_timeout(fate, context["ti"].start_date or now, self.capacity_timeout_s, now)
        if fate.is_end:
            _end(fate)
        _tell(fate.text, context)
        self.defer(trigger=TimeDeltaTrigger(dt.timedelta(seconds=_ASK_AGAIN_S)), method_name="execute")


class _PodManager(PodManager):
    """Airflow's, without a trace and the whole manifest in the log where the cluster refuses a pod."""

    def run_pod_async(self, pod: k8s.V1Pod, **named: Any) -> k8s.V1Pod:
        """Ask the cluster for the pod."""
        manifest = self._client.api_client.sanitize_for_serialization(pod)
        return self._client.create_namespaced_pod(pod.metadata.namespace, manifest, **named)


def _end(fate: Fate) -> None:
    """Raise `AirflowFailException` where no retry can mend it, else `AirflowException`; nothing where it is done."""
    if fate.action is Action.FAIL:
        raise AirflowFailException(fate.text)
    if fate.action is not Action.DONE:
        raise AirflowException(fate.text)


def _tell(text: str, context: Context) -> None:
    _log.warning("%s", text)
    store = context.get("task_state_store")
    if store is not None:
        store.set(_WAITS_FOR, text)


def stop_pods_of(settings: TrainingSettings, dag_id: str, run_id: str) -> None:
    """Stop every pod of a run that still exists.

    When a deferred task is marked as failed, its trigger deletes its pod, but only if the trigger runs: in the first
    second of a deferral, or while no triggerer is up, it does not, and the pod would run on to its deadline. Raises
    what `_end` does where the cluster cannot be asked.
    """
    try:
        client = KubernetesHook(conn_id=settings.kubernetes_conn_id).core_v1_client
        _stop_pods(client, settings.namespace, _labels(dag_id=dag_id, run_id=run_id))
    except ANSWERS as error:
        fate = judge_answer(error, settings.namespace)
    else:
        return
    _end(fate)


def _stop_pods(client: k8s_client.CoreV1Api, namespace: str, selector: str) -> None:
    for pod in client.list_namespaced_pod(namespace, label_selector=selector).items:
        print(f"stopping pod {pod.metadata.name}, whose task is over")
        _stop_pod(client, pod.metadata.name, namespace)


def _stop_pod(client: k8s_client.CoreV1Api, name: str, namespace: str) -> None:
    try:
        client.delete_namespaced_pod(name, namespace, grace_period_seconds=GRACE_PERIOD_S)
    except ApiException as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise


def _labels(**values: str) -> str:
    """Return a label selector for pods, by the labels that the operator gives them."""
    return ",".join(f"{name}={make_safe_label_value(value)}" for name, value in values.items())
