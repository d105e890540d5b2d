"""The training stage: from the fresh base or from the run's last checkpoint, then the measurements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from ownvoice.errors import OutOfMemoryError, StoppedError, first_line
from ownvoice.training.health.judge import judge
from ownvoice.training.metric_rows import kind_of
from ownvoice.training.result import Batch, Speed
from ownvoice.training.trainer.backends.protocol import Loaded
from ownvoice.training.trainer.base import Base
from ownvoice.training.trainer.callbacks import Watch, as_callback
from ownvoice.training.trainer.checkpoints import Identity, fetch_last_checkpoint, keep_checkpoint
from ownvoice.training.trainer.dpo import fit_batch_to_memory, make_trainer, optimizer_here, save_adapter
from ownvoice.training.trainer.folders import patiently
from ownvoice.training.trainer.formatted import Formatted
from ownvoice.training.trainer.machine import device_name, peak_memory_bytes
from ownvoice.training.trainer.resumed import ResumedAdapter, refuse_incomplete
from ownvoice.training.trainer.speed import TokenCounter, flop_per_token, mfu
from ownvoice.training.trainer.trackers import tracker_callbacks
from ownvoice.training.trainer.work import Work


def fit(work: Work, loaded: Loaded, base: Base, rows: dict[str, Formatted], identity: Identity) -> Any:
    """Train, evaluate on the version's test split, upload the adapter, and return TRL's trainer.

    The last step is always evaluated, and its checkpoint kept. Of several processes the first one uploads.

    Raises `DivergedError`, `WrongStartError`, `OutOfMemoryError` or `StoppedError`.
    """
    watch = Watch(work.recipe, work.record, work.stop, _keeper(work, identity), work.place)
    with _out_of_memory_named(work):
        trainer, counter = _prepare(work, loaded, rows, watch)
        with work.stage("train"), work.stop.after_the_step():
            resumed_from = _resume_or_start(work, trainer, identity)
    _end_early(work, watch, trainer.state.global_step)
    _measure(work, trainer)
    work.result.resumed_from_step = resumed_from
    work.result.speed = _speed(trainer, counter, watch, work)
    if not work.place.is_first:
        return trainer
    save_adapter(trainer.model, work.scratch / "adapter", base)
    work.keep_folder("adapter")
    if (work.scratch / "tensorboard").exists():
        work.keep_folder("tensorboard")
    return trainer


def _keeper(work: Work, identity: Identity) -> Callable[[int, Path], None]:
    """Return a function that uploads a checkpoint, after the metrics up to its step: a try that goes on needs both."""

    def keep(step: int, folder: Path) -> None:
        work.record.keep()
        patiently(lambda: keep_checkpoint(work.lake, work.run.keys, step, folder, identity), work.record.say)
        work.record.say(f"step {step}: checkpoint in the lake")

    return keep


def _prepare(work: Work, loaded: Loaded, rows: dict[str, Formatted], watch: Watch) -> tuple[Any, TokenCounter]:
    """Build the trainer and try the longest batch."""
    callbacks = [as_callback(watch), *tracker_callbacks(work.recipe, work.scratch, work.record.say)]
    output = work.scratch / "output"
    trainer = make_trainer(loaded, rows["train"], rows["test"], work.recipe, output, callbacks, work.place)
    with work.stage("longest_batch"):
        longest = fit_batch_to_memory(trainer, rows["train"].tokens, work.recipe, work.record.say, work.place)
    work.result.batch = Batch(
        pairs=trainer.args.per_device_train_batch_size,
        accumulation_steps=trainer.args.gradient_accumulation_steps,
        gpu_count=work.place.ranks,
    )
    work.record.say(f"longest batch: {longest} tokens fit, forward and back; optimizer {optimizer_here(work.recipe)}")
    counter = trainer.data_collator = TokenCounter(trainer.data_collator, trainer.model)
    return trainer, counter


def _resume_or_start(work: Work, trainer: Any, identity: Identity) -> int | None:
    output = work.scratch / "output"
    step, passed_over = work.place.from_first(lambda: fetch_last_checkpoint(work.lake, work.run.keys, identity, output))
    for reason in passed_over:
        work.record.say(reason)
    work.record.rewind(step or 0)
    work.record.say("training from the fresh base" if step is None else f"resuming from the checkpoint of step {step}")
    if step is None:
        trainer.train()
    else:
        checkpoint = output / f"checkpoint-{step}"
        refuse_incomplete(checkpoint)
        trainer.add_callback(as_callback(ResumedAdapter(checkpoint)))
        trainer.train(resume_from_checkpoint=str(checkpoint))
    return step


def _end_early(work: Work, watch: Watch, step: int) -> None:
    if watch.failure:
        raise watch.failure
    if work.stop.requested:
        raise StoppedError(
            f"{work.stop.reason} and stopped after step {step}, whose checkpoint is in the lake. "
            "Start the same command again: it goes on from there."
        )


def _measure(work: Work, trainer: Any) -> None:
    """Put what the training measured into the result, and log its health."""
    rows, result = work.record.metrics, work.result
    train_rows = [row for row in rows if kind_of(row) == "train"]
    health = result.health = judge(rows, lengths=result.answer_lengths, recipe=work.recipe, mixture=result.mixture)
    work.record.say(f"trained {trainer.state.global_step} steps; health: {health.verdict}")
    for finding in health.findings:
        work.record.say(f"  {finding.level}: {finding.reason}")
    result.steps = trainer.state.global_step
    result.first_loss, result.final = train_rows[0]["loss"], train_rows[-1]
    result.test = [row for row in rows if kind_of(row) == "eval"][-1]
    result.peak_memory_bytes = int(work.place.most(peak_memory_bytes()))


def _speed(trainer: Any, counter: TokenCounter, watch: Watch, work: Work) -> Speed | None:
    """Return the speed of the steps of this try, without evaluations and uploads; None if it made no step.

    Tokens are those of all GPUs, seconds those of this process, which waits for the others in every step.

    The first step is the warm-up, in which kernels are compiled. The use of the device is not counted for KTO, whose
    passes for its reference point the formula does not know.
    """
    place, single = work.place, work.recipe.learns_from_single_answers
    if not watch.step_seconds:
        return None
    model = trainer.model.get_base_model()
    embedding = 0 if model.config.tie_word_embeddings else model.get_input_embeddings().weight.numel()
    tokens, sequences, places = place.totals([counter.tokens, counter.sequences, counter.places])
    flop = flop_per_token(model.config, model.num_parameters() - embedding, tokens / sequences)
    tokens_per_s = tokens / sum(watch.step_seconds)
    return Speed(
        tokens_per_s=tokens_per_s,
        padding_share=1 - tokens / places,
        mfu=None if single else mfu(tokens_per_s / place.ranks, flop, device_name()),
        first_step_s=watch.step_seconds[0],
        median_step_s=median(watch.step_seconds),
    )


@contextmanager
def _out_of_memory_named(work: Work) -> Iterator[None]:
    import torch

    try:
        yield
    except torch.OutOfMemoryError as error:
        pairs = work.result.batch.pairs if work.result.batch else "the fewest"
        raise OutOfMemoryError(
            f"{device_name()} ran out of memory ({first_line(error)}) with "
            f"{pairs} pairs at once. Lower max_length or lora_rank, set load_in_4bit, or take a larger GPU."
        ) from None
