"""Why a pod does not start yet, or will not; pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ownvoice.airflow.pod import fates
from ownvoice.airflow.pod.fates import Action, Fate
from ownvoice.airflow.pod.reading import (
    BASE,
    condition,
    filled,
    has_gpu,
    is_of_another,
    quoted,
    waiting_states,
)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a pod may wait for a node, and for its start once it has one, in seconds."""

    capacity_timeout_s: float
    startup_timeout_s: float


def start(pod: Any, events: Sequence[Any]) -> Fate:
    """Return what a pod without an end and without a running trainer waits for, or why it waits in vain."""
    scheduled = condition(pod, "PodScheduled")
    if scheduled is None or scheduled.status != "True":
        return _no_node(pod, scheduled)
    for name, waiting in waiting_states(pod):
        if fate := _pull(name, waiting, events, pod) or not_started(waiting.reason, waiting.message, pod, name):
            return fate
    warning = _latest_warning(events)
    if fates.NO_RUNTIME.search(warning):
        return Fate(Action.FAIL, filled(fates.NO_RUNTIME_TEXT, pod) + quoted(warning))
    return Fate(Action.WAIT_FOR_START, f"{fates.SLOW_TEXT}{quoted(warning)}" if warning else "")


def _no_node(pod: Any, scheduled: Any) -> Fate:
    if scheduled is None:
        return Fate(Action.WAIT_FOR_NODE, fates.UNSEEN_TEXT)
    if scheduled.reason == "SchedulingGated":
        gates = ", ".join(gate.name for gate in pod.spec.scheduling_gates or ())
        return Fate(Action.WAIT_FOR_NODE, filled(fates.GATED_TEXT, pod, gates=gates))
    words = scheduled.message or ""
    if missing := fates.CLAIM_NOT_FOUND.search(words):
        return Fate(Action.FAIL, filled(fates.NO_CLAIM_TEXT, pod, claim=missing[1]))
    table = dict(fates.CAPACITY_ADVICE) | ({} if has_gpu(pod) else dict(fates.FIXED_CAPACITY_ADVICE))
    advice = [advice for sign, advice in table.items() if sign in words.lower()]
    what = "; ".join(dict.fromkeys(advice)) or "look at the cluster's nodes"
    return Fate(Action.WAIT_FOR_NODE, filled(f"{fates.NO_ROOM_TEXT}: {what}.", pod) + quoted(words))


def _pull(container: str, waiting: Any, events: Sequence[Any], pod: Any) -> Fate | None:
    """Return what is done about an image that does not come; None where the container waits for something else."""
    if waiting.reason not in fates.PULLING:
        return None
    # The kubelet writes three events a try, and this one alone has the cause.
    failed = [one for one in events if (one.message or "").startswith("Failed to pull image")]
    failed = [one for one in failed if not is_of_another(one.message, pod, container)]
    words = " ".join(filter(None, [waiting.message, failed[-1].message if failed else None]))
    if fates.NODE_FAULT.search(words):
        return Fate(Action.RETRY, fates.NODE_FAULT_TEXT + quoted(words))
    tries = sum(one.count or 1 for one in failed)
    is_passing = bool(fates.PASSING.search(words)) and not fates.REFUSED_PULL.search(words)
    is_first = waiting.reason != "ImagePullBackOff" and not fates.REFUSED_PULL.search(words)
    text = _start_text(fates.PULL_TEXT, waiting.reason, pod, container)
    text += quoted(failed[-1].message if failed else waiting.message)
    return Fate(Action.WAIT_FOR_START if (is_passing or is_first) and tries < fates.PULL_TRIES else Action.FAIL, text)


def not_started(reason: str | None, message: str | None, pod: Any, container: str = BASE) -> Fate | None:
    """Return what is done about a container that cannot be started; None where nothing says so."""
    if reason not in fates.START_FAULTS:
        return None
    words = message or ""
    text = _start_text(fates.START_FAULTS[reason], reason, pod, container)
    if fates.PASSING.search(words):
        return Fate(Action.WAIT_FOR_START, text + quoted(words))
    if fates.NODE_FAULT.search(words):
        return Fate(Action.RETRY, fates.NODE_FAULT_TEXT + quoted(words))
    if container == BASE and (missing := fates.SECRET_NOT_FOUND.search(words)):
        return Fate(Action.FAIL, filled(fates.NOT_THERE_TEXT, pod, secret=missing[1]))
    return Fate(Action.FAIL, text + quoted(words))


def _start_text(text: str, reason: str, pod: Any, container: str) -> str:
    """Return the sentence for a container that does not start: the trainer's own, or that for all others."""
    return filled(text if container == BASE else fates.OTHERS_START_TEXT, pod, container, reason=reason)


def out_of_patience(fate: Fate, pod: Any, patience: Patience, now: dt.datetime) -> Fate:
    """Return the end of a wait that took too long, or the fate as it is."""
    created = pod.metadata.creation_timestamp or now
    if fate.action is Action.WAIT_FOR_NODE:
        return over_capacity_timeout(fate, created, patience.capacity_timeout_s, now)
    scheduled = condition(pod, "PodScheduled")
    since = (scheduled and scheduled.last_transition_time) or created
    if fate.action is Action.WAIT_FOR_START and (now - since).total_seconds() >= patience.startup_timeout_s:
        told = fate.text or "The image is still being loaded, or a volume is not there yet."
        name = f"OWNVOICE_TRAINER_STARTUP_TIMEOUT_S ({patience.startup_timeout_s:.0f} s)"
        return Fate(Action.FAIL, f"The pod did not start within {name}. {told}")
    return fate


def over_capacity_timeout(fate: Fate, since: dt.datetime, timeout_s: float, now: dt.datetime) -> Fate:
    """Return the end of a wait for room that took too long, or the fate as it is."""
    if (now - since).total_seconds() < timeout_s:
        return fate
    waited = f"The pod got no node within OWNVOICE_TRAINER_CAPACITY_TIMEOUT_S ({timeout_s:.0f} s)."
    return replace(fate, action=Action.FAIL, text=f"{waited} {fate.text}")


def _latest_warning(events: Sequence[Any]) -> str:
    """Return what the last warning says, since a pod may wait for its volumes without a reason in its status."""
    warnings = [one.message for one in events if one.type == "Warning" and one.reason != "FailedScheduling"]
    return warnings[-1] or "" if warnings else ""
