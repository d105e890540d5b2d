"""The callbacks of each training step: record metrics, upload checkpoints, stop early if there is a reason."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ownvoice.errors import DivergedError, OwnvoiceError, WrongStartError
from ownvoice.training.health.judge import judge
from ownvoice.training.metrics import labelled
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.trainer.machine import host_memory_bytes
from ownvoice.training.trainer.ranks.place import ALONE, Place
from ownvoice.training.trainer.record import Record
from ownvoice.training.trainer.stop import Stop

_FIRST_LOSS_TOLERANCE = 1e-3

# 16 bits round otherwise where a row stands in another batch, and the reference's rows stood alone. A judgement.
_TOLERANCE_OF_PRECOMPUTED = 0.05


class Watch:
    """The callbacks of one training. `failure` is why it was ended early, or None."""

    def __init__(
        self,
        recipe: TrainingRecipe,
        record: Record,
        stop: Stop,
        keep: Callable[[int, Path], None],
        place: Place = ALONE,
    ) -> None:
        self._recipe = recipe
        self._record = record
        self._stop = stop
        self._keep = keep
        self._place = place
        self._step_started = 0.0
        self.step_seconds: list[float] = []
        self.failure: OwnvoiceError | None = None

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any], **_: Any) -> None:
        """Record a row of numbers, log it in one line, and stop the training if it shows a fault."""
        self._record.measure(state.global_step, logs)
        if line := _line(state, logs):
            self._record.say(line)
        self.failure = self.failure or self._fault(state.global_step, logs)
        if self.failure:
            control.should_training_stop = True

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Upload the checkpoint that all processes have just written, unless the training failed."""
        self._place.wait()
        if self.failure is None and self._place.is_first:
            self._keep(state.global_step, Path(args.output_dir) / f"checkpoint-{state.global_step}")

    def on_step_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Start the clock of a step."""
        self._step_started = time.monotonic()

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Stop the clock; if any process was asked to stop, write a checkpoint now and end the training in all."""
        self.step_seconds.append(time.monotonic() - self._step_started)
        self._stop.requested = self._place.any(self._stop.requested)
        if self._stop.requested:
            control.should_save = True
            control.should_training_stop = True

    def _fault(self, step: int, logs: dict[str, Any]) -> OwnvoiceError | None:
        for name in ("loss", "grad_norm"):
            if not math.isfinite(logs.get(name, 0.0)):
                return DivergedError(f"{name} is {logs[name]} at step {step}. Lower learning_rate and train again.")
        if step == 1 and "loss" in logs and (error := wrong_start(logs, self._recipe)):
            return error
        if self._recipe.stop_when_blocked:
            health = judge(self._record.metrics, recipe=self._recipe)
            if health.verdict == "block":
                return DivergedError(f"stopped at step {step}: {'; '.join(health.reasons('block'))}")
        return None


def _line(state: Any, logs: dict[str, Any]) -> str | None:
    for prefix, what in (("", ""), ("eval_", " on the test split")):
        if f"{prefix}loss" in logs:
            numbers = [f"loss {logs[f'{prefix}loss']:.4f}"] + [
                f"{label} {logs[f'{prefix}{metric.name}']:.{2 if metric.is_share else 3}f}"
                for label, metric in labelled().items()
                if label != "loss" and f"{prefix}{metric.name}" in logs
            ]
            memory = f"memory {host_memory_bytes() / 2**30:.1f} GiB"
            return f"step {state.global_step}/{state.max_steps}{what}: {', '.join([*numbers, memory])}"
    return None


def wrong_start(logs: Mapping[str, float], recipe: TrainingRecipe) -> WrongStartError | None:
    """Return what is wrong with the numbers of a batch before anything was learned, or None."""
    loss = recipe.preference_loss(logs)
    tolerance = _TOLERANCE_OF_PRECOMPUTED if recipe.precompute_ref_log_probs else _FIRST_LOSS_TOLERANCE
    if abs(loss - recipe.first_loss) <= tolerance:
        return None
    return WrongStartError(
        f"the first loss is {loss:.4f} and must be {recipe.first_loss:.4f}: the model does not equal its reference, or "
        "accumulation is scaled wrongly. Compare the library versions in result.json with the pinned ones."
    )


def as_callback(listener: Any) -> Any:
    """Give an object with methods named after events (`on_log`) the type that the Trainer asks of its callbacks."""
    from transformers import TrainerCallback

    events = {name: staticmethod(getattr(listener, name)) for name in dir(listener) if name.startswith("on_")}
    return type(f"{type(listener).__name__}Callback", (TrainerCallback,), events)()
