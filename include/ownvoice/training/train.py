"""A training run from its recipe to its merged, checked model: the stages, in order.

Everything that is made is in the lake before the next stage starts, so that no later fault can lose it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ownvoice.errors import StorageError
from ownvoice.lake import Lake
from ownvoice.training.backends import Loaded, backend_of
from ownvoice.training.base import Base, fetch_base
from ownvoice.training.callbacks import Watch, as_callback
from ownvoice.training.checkpoints import Identity, fetch_last_checkpoint, keep_checkpoint
from ownvoice.training.dpo import make_trainer, optimizer_here, save_adapter, try_longest_batch
from ownvoice.training.exits import BadDataError, OutOfMemoryError, StoppedError
from ownvoice.training.folders import delete_folder, patiently, upload_folder
from ownvoice.training.health import judge
from ownvoice.training.machine import device_name, image_id, library_versions, peak_memory_bytes
from ownvoice.training.merge import merge_in_new_process
from ownvoice.training.merge_check import check_in_new_process
from ownvoice.training.prompts import Formatted, format_pairs
from ownvoice.training.recipe import refuse_what_cannot_work
from ownvoice.training.record import Record, kind_of
from ownvoice.training.rows import Pairs, read_pairs
from ownvoice.training.run import TrainingRun
from ownvoice.training.samples import answer_questions
from ownvoice.training.speed import TokenCounter, flop_per_token, mfu
from ownvoice.training.stop import Stop
from ownvoice.training.trackers import tracker_callbacks

_CHECK_TEXTS = 8


@dataclass(slots=True)
class Training:
    """One try of a run: what it works with, and the result as far as it has come."""

    run: TrainingRun
    lake: Lake
    record: Record
    stop: Stop
    scratch: Path
    result: dict[str, Any]
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage."""
        started = time.monotonic()
        try:
            yield
        finally:
            self.seconds[name] = round(time.monotonic() - started, 2)


def train(run: TrainingRun, lake: Lake, record: Record, stop: Stop, result: dict[str, Any]) -> None:
    """Go through all stages and fill `result`. Raises an `OwnvoiceError` that names how the run ended otherwise."""
    with tempfile.TemporaryDirectory(prefix="ownvoice-training-") as folder:
        work = Training(run, lake, record, stop, Path(folder), result)
        result["seconds"] = work.seconds
        backend = backend_of(run.recipe)
        backend.prepare(run.recipe, work.scratch)
        with work.stage("read"):
            pairs = _read(work)
            base = _base(work)
        with work.stage("load"):
            loaded = backend.load(base.folder, run.recipe)
            train_rows, test_rows = _format(work, pairs, loaded)
        with _out_of_memory_named(work):
            trainer = _train(work, loaded, base, train_rows, test_rows, pairs.version.digest)
        backend.for_inference(trainer.model)
        _answer(work, trainer)
        _merge(work, base, test_rows)


def _read(work: Training) -> Pairs:
    pairs = read_pairs(work.lake, work.run.dataset_version)
    work.result["dataset"] = {"version": pairs.version.number, "digest": pairs.version.digest}
    work.record.say(
        f"dataset: version {pairs.version.number} of {work.lake.uri}, {len(pairs.train)} train and {len(pairs.test)} test "
        f"pairs, digest {pairs.version.digest[:12]} verified"
    )
    refuse_what_cannot_work(work.run.recipe, len(pairs.train))
    return pairs


def _base(work: Training) -> Base:
    base = patiently(lambda: fetch_base(work.lake, work.run.recipe, work.scratch / "base"), work.record.say)
    work.result["base"] = {"name": base.name, "commit": base.commit}
    work.record.say(f"base: {base.name} at {base.commit}")
    return base


def _format(work: Training, pairs: Pairs, loaded: Loaded) -> tuple[Formatted, Formatted]:
    recipe = work.run.recipe
    train_rows, test_rows = (format_pairs(split, loaded.tokenizer, recipe) for split in (pairs.train, pairs.test))
    splits = {"train": train_rows, "test": test_rows}
    work.result["rows"] = {name: len(split.rows) for name, split in splits.items()}
    work.result["rows_left_out"] = {name: dict(split.left_out) for name, split in splits.items()}
    for name, split in splits.items():
        why = ", ".join(f"{count} {reason}" for reason, count in split.left_out.items()) or "none"
        work.record.say(f"{name}: {len(split.rows)} pairs; left out: {why}")
    longest_prompt = max(train_rows.longest_prompt_tokens, test_rows.longest_prompt_tokens)
    refuse_what_cannot_work(recipe, len(train_rows.rows), longest_prompt)
    if not test_rows.rows:
        raise BadDataError("no test pair is left after the checks above. Raise max_length, or look at the reasons.")
    return train_rows, test_rows


def _train(work: Training, loaded: Loaded, base: Base, train_rows: Formatted, test_rows: Formatted, digest: str) -> Any:
    """Train from the fresh base or from this run's own last checkpoint; evaluate; bring the adapter to the lake."""
    run, record = work.run, work.record
    identity = Identity(run.recipe.recipe_id, digest, base.commit, image_id())
    output = work.scratch / "output"

    def keep(step: int, folder: Path) -> None:
        patiently(lambda: keep_checkpoint(work.lake, run.folder, step, folder, identity), record.say)
        record.say(f"step {step}: checkpoint kept in the lake")
        record.keep()

    watch = Watch(run.recipe, record, work.stop, keep)
    trackers = tracker_callbacks(run.recipe, work.scratch, record.say)
    trainer = make_trainer(loaded, train_rows, test_rows, run.recipe, output, [as_callback(watch), *trackers])
    counter = trainer.data_collator = TokenCounter(trainer.data_collator, trainer.model)
    with work.stage("longest_batch"):
        longest = try_longest_batch(trainer, train_rows.tokens, run.recipe)
    record.say(f"longest batch: {longest} tokens, forward and back, fits; optimizer {optimizer_here(run.recipe)}")
    counter.tokens = counter.places = 0

    with work.stage("train"), work.stop.after_the_step():
        resumed = _resume_or_start(work, trainer, identity, output)
    if watch.failure:
        raise watch.failure
    if work.stop.requested:
        raise StoppedError(
            f"asked to stop (SIGTERM) and stopped after step {trainer.state.global_step}, whose checkpoint is in the "
            "lake. Start the same command again: it goes on from there."
        )
    with work.stage("evaluate"):
        trainer.evaluate()
    _note_training(work, trainer, counter, resumed)
    save_adapter(trainer.model, work.scratch / "adapter", base.name, base.commit)
    _publish_to_lake(work, "adapter")
    return trainer


def _resume_or_start(work: Training, trainer: Any, identity: Identity, output: Path) -> int | None:
    step, passed_over = fetch_last_checkpoint(work.lake, work.run.folder, identity, output)
    for reason in passed_over:
        work.record.say(reason)
    work.record.rewind(step or 0)
    work.record.say("training from the fresh base" if step is None else f"resuming from the checkpoint of step {step}")
    trainer.train(resume_from_checkpoint=None if step is None else str(output / f"checkpoint-{step}"))
    return step


def _note_training(work: Training, trainer: Any, counter: TokenCounter, resumed: int | None) -> None:
    """Write the numbers of the training into the result."""
    rows = work.record.metrics
    train_rows = [row for row in rows if kind_of(row) == "train"]
    evaluations = [row for row in rows if kind_of(row) == "eval"]
    health = judge(rows)
    work.result |= {
        "steps": trainer.state.global_step,
        "resumed_from_step": resumed,
        "first_loss": train_rows[0]["loss"],
        "final": train_rows[-1],
        "test": evaluations[-1],
        "health": {"verdict": health.verdict, "findings": [finding._asdict() for finding in health.findings]},
        "peak_memory_bytes": peak_memory_bytes(),
        "speed": _speed(work, trainer, counter),
    }
    work.record.say(f"trained {trainer.state.global_step} steps; health: {health.verdict}")
    for finding in health.findings:
        work.record.say(f"  {finding.level}: {finding.reason}")


def _speed(work: Training, trainer: Any, counter: TokenCounter) -> dict[str, float | None]:
    """Return the speed of this try; all None where it had nothing left to train."""
    if not counter.tokens:
        return {"tokens_per_s": None, "padding_share": None, "mfu": None}
    model = trainer.model.get_base_model()
    matmul = model.num_parameters() - model.get_input_embeddings().weight.numel()
    tokens_per_s = counter.tokens / work.seconds["train"]
    mean_length = counter.tokens / max(1, trainer.state.global_step * work.run.recipe.batch_pairs * 2)
    flop = flop_per_token(model.config, matmul, mean_length)
    return {
        "tokens_per_s": tokens_per_s,
        "padding_share": 1 - counter.tokens / counter.places,
        "mfu": mfu(tokens_per_s, flop, device_name()),
    }


def _answer(work: Training, trainer: Any) -> None:
    with work.stage("samples"):
        answers = answer_questions(trainer.model, trainer.processing_class, work.run.recipe)
    work.lake.write_json(f"{work.run.folder}/samples.json", answers)
    work.record.say(f"samples: {len(answers)} fixed questions answered by base and trained model")


def _merge(work: Training, base: Base, test_rows: Formatted) -> None:
    adapter, merged = work.scratch / "adapter", work.scratch / "merged"
    texts = [row["prompt"] + row["chosen"] for row in test_rows.rows[:_CHECK_TEXTS]]
    with work.stage("merge"):
        merge_in_new_process(base.folder, adapter, merged, work.run.recipe.merge_dtype)
    with work.stage("merge_check"):
        numbers = check_in_new_process(base.folder, adapter, merged, texts, work.scratch)
    work.result["merge"] = {"dtype": work.run.recipe.merge_dtype} | numbers
    work.record.say(
        f"merged to {work.run.recipe.merge_dtype}: {numbers['kl_merged_nats']:.1e} nats from the adapter model, "
        f"the base is {numbers['kl_base_nats']:.1e}"
    )
    _publish_to_lake(work, "merged")


def _publish_to_lake(work: Training, name: str) -> None:
    """Put a folder of the run in the place of what an earlier try left there."""

    def put() -> dict[str, int]:
        delete_folder(work.lake.store, f"{work.run.folder}/{name}")
        return upload_folder(work.lake.store, work.scratch / name, f"{work.run.folder}/{name}")

    sizes = patiently(put, work.record.say)
    work.record.say(f"{name}: {len(sizes)} files, {sum(sizes.values()):,} bytes, in the lake")


@contextmanager
def _out_of_memory_named(work: Training) -> Iterator[None]:
    import torch

    try:
        yield
    except torch.OutOfMemoryError as error:
        recipe = work.run.recipe
        raise OutOfMemoryError(
            f"{device_name()} ran out of memory ({str(error).splitlines()[0]}). Halve batch_pairs ({recipe.batch_pairs}) "
            f"and double accumulation_steps ({recipe.accumulation_steps}): the steps stay the same. Or lower max_length."
        ) from None
