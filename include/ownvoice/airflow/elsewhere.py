"""The trainer on a machine that a person starts: the task prints the command, and waits for the result in the lake.

Deferred, it holds no worker. Its trigger looks into the lake twice a minute, logs what the trainer last said, and wakes
the task where there is something to decide; the task looks for itself.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException, TaskDeferred
from airflow.triggers.base import BaseTrigger, TriggerEvent

from ownvoice.airflow.connections import open_lake
from ownvoice.airflow.run_ids import lake_run_id
from ownvoice.airflow.trainer_exit import raise_for_exit
from ownvoice.errors import OwnvoiceError, StorageUnavailableError
from ownvoice.training.settings import load_training_settings

if TYPE_CHECKING:  # every DAG file imports this module, and must not load pyarrow
    from ownvoice.storage.lake import Lake
    from ownvoice.training.awaited import Awaited
    from ownvoice.training.elsewhere import Awaitable

_TRIGGER_LATE = dt.timedelta(minutes=10)  # the trigger ends the wait; this is for one that does not
_CANCELLED = "its task in Airflow was marked or cleared"
_RUN_IS_OVER = "its run in Airflow is over"


class TrainerElsewhere(BaseOperator):
    """Waits for whoever runs the trainer's Python with `arguments`; the end of the trainer is the end of the task."""

    template_fields: Sequence[str] = ("arguments",)

    def __init__(self, *, arguments: list[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.arguments = arguments

    def execute(self, context: Mapping[str, Any]) -> None:
        """Print the command and defer; return at once where the run is trained already."""
        from ownvoice.training.elsewhere import await_training

        lake, run = _opened(self.arguments[-1])
        awaited = await_training(lake, run, self.arguments[-1], load_training_settings())
        if awaited is None:
            print(f"{self.arguments[-1]}: this is done; nothing is left to do")
            return
        print(f"This waits for a machine with a GPU until {awaited.until:%Y-%m-%d %H:%M}Z. Start there:")
        print(awaited.command)
        _defer(self.arguments[-1], awaited)

    def resume(self, context: Mapping[str, Any], event: Any) -> None:
        """End as the trainer did. Raises what `raise_for_exit` says, and `AirflowFailException` past the deadline."""
        from ownvoice.training.awaited import forget_awaited, read_awaited
        from ownvoice.training.elsewhere import ended

        lake, run = _opened(self.arguments[-1])
        awaited = read_awaited(lake, run.keys)
        if awaited is None or awaited.waiting_id != event or awaited.cancelled:
            raise AirflowFailException("This wait was cancelled, or another took its place. Clear this task to wait.")
        end = ended(lake, run, awaited)
        if end is None:
            _refuse_past_deadline(lake, run, awaited)
            _defer(self.arguments[-1], awaited)
        forget_awaited(lake, run.keys)
        print(f"The trainer ended with {end.exit.name}.")
        raise_for_exit(end.exit, f"{end.exit.name}: {end.message}")


class TrainingEndedTrigger(BaseTrigger):
    """Fires when nothing is left to wait for, or the lake cannot be asked. Marking or clearing the task cancels it."""

    def __init__(self, recipe_uri: str, waiting_id: str, poll_interval_s: float) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Airflow ships it without types
        self.recipe_uri = recipe_uri
        self.waiting_id = waiting_id
        self.poll_interval_s = poll_interval_s

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return class path and arguments, which Airflow keeps in its metadata database."""
        arguments = {name: getattr(self, name) for name in ("recipe_uri", "waiting_id", "poll_interval_s")}
        return f"{__name__}.{type(self).__name__}", arguments

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Follow the training in the log until the task has something to do, then yield one event."""
        try:
            await self._until_over()
        except OwnvoiceError:
            # The task meets the same fault and reports it; this pause keeps that to one round an interval.
            await asyncio.sleep(self.poll_interval_s)
        yield TriggerEvent(self.waiting_id)  # type: ignore[no-untyped-call]

    async def on_kill(self) -> None:
        """Let the trainer stop, since nobody waits for it any more."""
        from ownvoice.training.awaited import cancel

        lake, run = await asyncio.to_thread(_opened, self.recipe_uri)
        await asyncio.to_thread(cancel, lake, run.keys, _CANCELLED, self.waiting_id)

    async def _until_over(self) -> None:
        from ownvoice.training.awaited import read_awaited
        from ownvoice.training.elsewhere import Follower, follow

        lake, run = await asyncio.to_thread(_opened, self.recipe_uri)
        awaited = await asyncio.to_thread(read_awaited, lake, run.keys)
        if awaited is None or awaited.waiting_id != self.waiting_id:
            return
        follower, is_over = Follower(awaited), False
        while not is_over:
            try:
                lines, is_over = await asyncio.to_thread(follow, lake, run, awaited, follower)
            except StorageUnavailableError as error:
                lines = [f"The lake does not answer, and is asked again: {error}"]
            for line in lines:
                self.log.info(line)
            if not is_over:
                await asyncio.sleep(self.poll_interval_s)


def cancel_trainings_of(lake: Lake, dag_run: Any) -> None:
    """Let every trainer stop that a run still waits for: no trigger cancels it where none is up to do so.

    A run with variants has trainings of their own, and each of all these may have jobs of answering.
    """
    from ownvoice.storage.run_keys import RunKeys
    from ownvoice.training.awaited import cancel
    from ownvoice.training.planning.variants import read_variants

    run_id = lake_run_id(dag_run)
    for keys in map(RunKeys, {run_id, *read_variants(lake, run_id).run_ids.values()}):
        cancel(lake, keys, _RUN_IS_OVER)
        for name in lake.store.folders(keys.answering):
            cancel(lake, keys.answer_job(name), _RUN_IS_OVER)


def _opened(uri: str) -> tuple[Lake, Awaitable]:
    from ownvoice.training.elsewhere import read_awaitable

    lake = open_lake()
    return lake, read_awaitable(uri, lake.store.access)


def _defer(uri: str, awaited: Awaited) -> NoReturn:
    from ownvoice.training.elsewhere import POLL_INTERVAL_S

    trigger = TrainingEndedTrigger(uri, awaited.waiting_id, POLL_INTERVAL_S)
    left = awaited.until - dt.datetime.now(dt.UTC) + _TRIGGER_LATE
    raise TaskDeferred(trigger=trigger, method_name="resume", timeout=left)


def _refuse_past_deadline(lake: Lake, run: Awaitable, awaited: Awaited) -> None:
    from ownvoice.training.awaited import cancel

    if awaited.is_over():
        waited_h = (awaited.until - awaited.since) / dt.timedelta(hours=1)
        cancel(lake, run.keys, f"its task waited {waited_h:.1f} hours for it", awaited.waiting_id)
        raise AirflowFailException(
            f"No trainer ended this within {waited_h:.1f} hours (OWNVOICE_TRAINER_DEADLINE_S). Clear this task "
            "to wait again; a trainer that is started then goes on from what is stored."
        )
