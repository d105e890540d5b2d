"""Waiting for a pod without a worker: it looks at the pod every few seconds, and wakes the task with its fate."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import cached_property
from http import HTTPStatus
from typing import Any

from airflow.providers.cncf.kubernetes.hooks.kubernetes import AsyncKubernetesHook
from airflow.providers.cncf.kubernetes.utils.pod_manager import AsyncPodManager
from airflow.triggers.base import BaseTrigger, TriggerEvent

from ownvoice.airflow.pod.answers import ANSWERS, judge_answer
from ownvoice.airflow.pod.fates import Action, Fate
from ownvoice.airflow.pod.judge import gone, judge, needs_events
from ownvoice.airflow.pod.starts import Patience

_BLIND_FOR_S = 600.0  # that a cluster's API is away must not end a training that goes on without it


class TrainerPodTrigger(BaseTrigger):
    """Fires when the pod has an end, and when it waits for something else than `told`; its log is copied meanwhile.

    A wait is told once two looks in a row have found it, so that none is told that passes by itself. The event has
    `name`, `namespace`, `action`, `text` and `last_log_time` (UTC, ISO 8601, or None). No key is among the arguments:
    the connection is read where the trigger runs.
    """

    def __init__(
        self,
        *,
        name: str,
        namespace: str,
        kubernetes_conn_id: str,
        capacity_timeout_s: float,
        startup_timeout_s: float,
        poll_interval_s: float,
        logging_interval_s: float,
        grace_period_s: int,
        told: str = "",
        last_log_time: str | None = None,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Airflow ships it without types
        self.name = name
        self.namespace = namespace
        self.kubernetes_conn_id = kubernetes_conn_id
        self.capacity_timeout_s = capacity_timeout_s
        self.startup_timeout_s = startup_timeout_s
        self.poll_interval_s = poll_interval_s
        self.logging_interval_s = logging_interval_s
        self.grace_period_s = grace_period_s
        self.told = told
        self.last_log_time = last_log_time
        self._has_seen_pod = last_log_time is not None

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return the class and its arguments, as Airflow stores them."""
        names = (
            *("name", "namespace", "kubernetes_conn_id", "capacity_timeout_s", "startup_timeout_s"),
            *("poll_interval_s", "logging_interval_s", "grace_period_s", "told", "last_log_time"),
        )
        return f"{__name__}.{type(self).__name__}", {name: getattr(self, name) for name in names}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look until there is something to tell."""
        before = Fate(Action.GO_ON)
        blind_since: dt.datetime | None = None
        while True:
            fate = await self._look()
            if fate.action is not Action.FIND_AGAIN:
                blind_since = None
            elif (now := _now()) - (blind_since := blind_since or now) < dt.timedelta(seconds=_BLIND_FOR_S):
                fate = before
            if fate.is_end or (fate.text != self.told and fate.action is before.action):
                yield TriggerEvent(self._event(fate))  # type: ignore[no-untyped-call]
                return
            before = fate
            await asyncio.sleep(self.poll_interval_s)

    async def on_kill(self) -> None:
        """Delete the pod: the task was cancelled while it was deferred."""
        self.log.info("deleting pod %s, whose task was cancelled", self.name)
        await self.hook.delete_pod(self.name, self.namespace, grace_period_seconds=self.grace_period_s)

    @cached_property
    def hook(self) -> AsyncKubernetesHook:
        """The connection to the cluster."""
        return AsyncKubernetesHook(conn_id=self.kubernetes_conn_id)

    async def _look(self) -> Fate:
        """Return what is done about the pod as it is now."""
        try:
            pod = await self.hook.get_pod(self.name, self.namespace)
        except ANSWERS as error:
            status = getattr(error, "status", None)
            if status == HTTPStatus.NOT_FOUND:
                return gone()
            fate = judge_answer(error, self.namespace)
            # A cluster that starts again, or renews credentials, refuses for a while; the training goes on without it.
            is_blind = self._has_seen_pod or status == HTTPStatus.UNAUTHORIZED
            return replace(fate, action=Action.FIND_AGAIN) if is_blind else fate
        self._has_seen_pod = True
        patience = Patience(self.capacity_timeout_s, self.startup_timeout_s)
        fate = judge(pod, await self._events() if needs_events(pod) else (), patience, _now())
        if fate.action is Action.GO_ON:
            await self._copy_log(pod)
        return fate

    async def _events(self) -> list[Any]:
        """Return the events of the pod, the latest last; none where they may not be read, since they only explain."""
        try:
            events = (await self.hook.get_pod_events(self.name, self.namespace)).items
        except ANSWERS as error:
            self.log.debug("the events of pod %s cannot be read: %s", self.name, error)
            return []
        return sorted(events, key=lambda one: one.last_timestamp or one.event_time or one.metadata.creation_timestamp)

    async def _copy_log(self, pod: Any) -> None:
        """Copy the lines that the trainer has printed since the last time."""
        since = dt.datetime.fromisoformat(self.last_log_time) if self.last_log_time else None
        if since and (_now() - since).total_seconds() < self.logging_interval_s:
            return
        try:
            manager = AsyncPodManager(async_hook=self.hook)
            read_until = await manager.fetch_container_logs_before_current_sec(pod, "base", since)  # type: ignore[arg-type]
            self.last_log_time = (read_until or _now()).isoformat()
        except ANSWERS as error:
            self.log.warning("the log of pod %s cannot be read now: %s", self.name, error)

    def _event(self, fate: Fate) -> dict[str, Any]:
        return {
            "name": self.name,
            "namespace": self.namespace,
            "action": fate.action.value,
            "text": fate.text,
            "last_log_time": self.last_log_time,
        }


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
