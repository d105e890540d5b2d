"""What is to be done about a pod, by its status and its events. Pure: the trigger looks, and this judges.

Pods and events are those of either Kubernetes client, whose models have the same attributes.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ownvoice.airflow.pod import fates
from ownvoice.airflow.pod.fates import Action, Fate
from ownvoice.airflow.pod.reading import ended_for_memory, filled, has_gpu, is_running, quoted, terminated
from ownvoice.airflow.pod.starts import Patience, not_started, out_of_patience, start
from ownvoice.airflow.trainer_exit import is_retried, is_trainers_own, killed_a_child, last_sentence, text_of_exit

_LOST_AFTER = dt.timedelta(minutes=5)  # beyond the time at which a pod was to have ended
_USED = re.compile(r"memory (\d[\d.]* GiB)")  # as the trainer's log lines say it


def judge(pod: Any, events: Sequence[Any], patience: Patience, now: dt.datetime) -> Fate:
    """Return what is done about a pod."""
    fate = _end(pod, now) or (Fate(Action.GO_ON) if is_running(pod) else start(pod, events))
    return out_of_patience(fate, pod, patience, now)


def gone() -> Fate:
    """Return what is done about a pod that is no more."""
    return Fate(Action.RETRY, fates.GONE_TEXT)


def needs_events(pod: Any) -> bool:
    """Whether events say more about the pod than its status does."""
    return bool(pod.status.phase == "Pending")


# -- Ends


def _end(pod: Any, now: dt.datetime) -> Fate | None:
    ended = terminated(pod)
    if pod.status.phase == "Succeeded" or (ended and ended.exit_code == 0):
        return Fate(Action.DONE)
    if fate := _own_limit(pod) or _trainers_own(ended, pod):
        return fate
    if pod.status.reason == "DeadlineExceeded":
        return Fate(Action.FAIL, filled(fates.DEADLINE_TEXT, pod))
    if (pod.status.phase == "Failed" or ended) and (why := _disruption(pod)):
        return Fate(Action.RETRY, filled(fates.STOPPED_TEXT, pod, why=why) + quoted(pod.status.message))
    if ended:
        fate = not_started(ended.reason, ended.message, pod) or _by_exit_code(ended)
        return fate if fate.is_end else replace(fate, action=Action.RETRY)  # what passes by itself has ended this pod
    if pod.status.phase == "Failed":
        return Fate(Action.RETRY, fates.FAILED_TEXT + quoted(pod.status.message or pod.status.reason))
    return Fate(Action.RETRY, fates.LOST_NODE_TEXT) if _is_overdue(pod, now) else None


def _is_overdue(pod: Any, now: dt.datetime) -> bool:
    """Whether the pod was to end and did not, because the node that would end it does not answer."""
    started, deadline_s = pod.status.start_time, pod.spec.active_deadline_seconds
    deadline = started + dt.timedelta(seconds=deadline_s) if started and deadline_s else None
    return any(end and now > end + _LOST_AFTER for end in (pod.metadata.deletion_timestamp, deadline))


def _own_limit(pod: Any) -> Fate | None:
    """Return the end of a pod that used more memory or disk than it had asked for."""
    ended = terminated(pod)
    if ended and ended.reason == "OOMKilled":
        return _out_of_memory(pod)
    others = ended_for_memory(pod) if pod.status.phase == "Failed" else []
    if others:
        return Fate(Action.FAIL, fates.OTHERS_MEMORY_TEXT.format(container=others[0]))
    for words, text in fates.OWN_LIMITS:
        if pod.status.phase == "Failed" and words.search(pod.status.message or ""):
            return Fate(Action.FAIL, filled(text, pod) + quoted(pod.status.message))
    return None


def _out_of_memory(pod: Any) -> Fate:
    ended = terminated(pod)
    said = (ended.message or "") if ended else ""
    used = [match[1] for match in _USED.finditer(said)]
    text = fates.MEMORY_TEXT if has_gpu(pod) else fates.FIXED_MEMORY_TEXT
    text = filled(text, pod, used=f", after {used[-1]} at its last measurement" if used else "")
    last = last_sentence(said)
    return Fate(Action.FAIL, f"{text} Its last line: {last}" if last else text)


def _trainers_own(ended: Any, pod: Any) -> Fate | None:
    """Return the end that the trainer itself chose, which goes before a disruption at the same time."""
    if not ended or not is_trainers_own(ended.exit_code):
        return None
    if killed_a_child(ended.message or ""):
        return _out_of_memory(pod)
    return _by_exit_code(ended)


def _by_exit_code(ended: Any) -> Fate:
    action = Action.RETRY if is_retried(ended.exit_code) else Action.FAIL
    return Fate(action, text_of_exit(ended.exit_code, last_sentence(ended.message or "")))


def _disruption(pod: Any) -> str | None:
    """Return why a pod was ended from outside, or None."""
    reasons = [pod.status.reason or ""]
    reasons += [one.reason for one in pod.status.conditions or () if one.type == "DisruptionTarget"]
    ended = terminated(pod)
    if ended and ended.reason == "ContainerStatusUnknown":
        reasons.append("NodeLost")
    for reason in filter(None, reversed(reasons)):
        if reason.startswith(fates.OUT_OF):
            return f"Its node had no {reason.removeprefix(fates.OUT_OF)} left when it arrived."
        if reason in fates.DISRUPTIONS:
            return fates.DISRUPTIONS[reason]
    return None
