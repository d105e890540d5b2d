"""TRL's trainer for a recipe, and a trial of the longest batch before the first step."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from ownvoice.errors import BadDataError, SettingsError
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.recipe_checks import MIN_ANSWERS_AT_ONCE
from ownvoice.training.sharing import share_of
from ownvoice.training.trainer.backends.protocol import Loaded
from ownvoice.training.trainer.base import Base
from ownvoice.training.trainer.callbacks import wrong_start
from ownvoice.training.trainer.formatted import Formatted
from ownvoice.training.trainer.ranks.place import ALONE, Place


def make_trainer(
    loaded: Loaded,
    train: Formatted,
    test: Formatted,
    recipe: TrainingRecipe,
    folder: Path,
    callbacks: list[Any],
    place: Place = ALONE,
) -> Any:
    """Build the trainer. Raises `BadDataError` if TRL would train on other rows than those that were checked."""
    from datasets import Dataset
    from transformers import PrinterCallback

    trainer = _class_of(recipe, train, place)(
        model=loaded.model,
        ref_model=None,
        args=_config(recipe, len(train.rows), folder, place.ranks),
        train_dataset=Dataset.from_list(train.rows),
        eval_dataset=Dataset.from_list(test.rows),
        processing_class=loaded.tokenizer,
        peft_config=loaded.lora,
        callbacks=callbacks,
    )
    trainer.remove_callback(PrinterCallback)  # the record logs each step already
    _reference_without_adapter(trainer.model)
    for name, dataset, rows in (("train", trainer.train_dataset, train), ("test", trainer.eval_dataset, test)):
        _refuse_other_rows(name, dataset, rows)
    return trainer


def _class_of(recipe: TrainingRecipe, train: Formatted, place: Place) -> Any:
    if recipe.learns_from_single_answers:
        from ownvoice.training.trainer.kto import AnswerTrainer, weights_of

        return partial(AnswerTrainer, weights_of(train))
    if not place.is_alone:
        from ownvoice.training.trainer.ranks.dpo import RankTrainer

        return partial(RankTrainer, place, recipe.rpo_alpha)
    if recipe.rpo_alpha:
        from ownvoice.training.trainer.supervised import SupervisedTrainer

        return partial(SupervisedTrainer, recipe.rpo_alpha)
    from trl import DPOTrainer

    return DPOTrainer


def _refuse_other_rows(name: str, dataset: Any, rows: Formatted) -> None:
    """Hold what TRL made of the rows, with the backend's tokenizer, against what was checked with the base's own."""
    tokens = [
        len(row["prompt_ids"])
        + max(len(row[ids]) for ids in ("chosen_ids", "rejected_ids", "completion_ids") if ids in row)
        for row in dataset
    ]
    if tokens != rows.tokens:
        raise BadDataError(
            f"TRL would train on {len(tokens)} {name} rows of {sum(tokens)} tokens, and {len(rows.tokens)} of "
            f"{sum(rows.tokens)} were checked. Compare the library versions in result.json with the pinned ones."
        )


def _reference_without_adapter(model: Any) -> None:
    """Take away the copy of a fresh adapter that TRL makes of a model which wears one: as reference it is the base.

    A checkpoint with that copy in a folder `ref` beside its own adapter is loaded from `ref` alone (transformers 5.17
    and 5.23), so that a resumed training would begin from an untrained adapter.
    """
    if "ref" in model.peft_config:
        model.delete_adapter("ref")


def _config(recipe: TrainingRecipe, train_pairs: int, folder: Path, ranks: int) -> Any:
    import torch
    from trl import DPOConfig, KTOConfig

    share = share_of(recipe.batch_pairs, recipe.accumulation_steps, ranks)
    if share is None:
        raise SettingsError(f"{ranks} processes cannot share the pairs of a step equally. Correct the recipe.")
    on_gpu = torch.cuda.is_available()
    every = recipe.steps_between_evaluations(train_pairs)
    of_loss, loss = (KTOConfig, _kto_loss_of) if recipe.learns_from_single_answers else (DPOConfig, _loss_of)
    return of_loss(
        output_dir=str(folder),
        **loss(recipe),
        max_length=recipe.max_length,
        learning_rate=recipe.learning_rate,
        lr_scheduler_type=recipe.lr_schedule,
        warmup_steps=recipe.warmup_steps,
        num_train_epochs=recipe.epochs,
        per_device_train_batch_size=share.pairs,
        per_device_eval_batch_size=share.pairs,
        gradient_accumulation_steps=share.accumulation_steps,
        optim=optimizer_here(recipe),
        weight_decay=recipe.weight_decay,
        eval_strategy="steps",
        eval_steps=every,
        save_strategy="steps",
        save_steps=every,
        save_total_limit=2,
        logging_steps=1,
        logging_nan_inf_filter=False,  # it would print the last finite loss in the place of a NaN
        ddp_find_unused_parameters=False,  # every weight of the adapter is used
        report_to="none",
        disable_tqdm=True,
        seed=recipe.seed,
        use_cpu=not on_gpu,
        bf16=on_gpu and torch.cuda.is_bf16_supported(),
        fp16=on_gpu and not torch.cuda.is_bf16_supported(),
        gradient_checkpointing=on_gpu,
    )


def _loss_of(recipe: TrainingRecipe) -> dict[str, Any]:
    return {
        "beta": recipe.beta,
        "loss_type": ["robust" if recipe.label_smoothing else recipe.loss_type],  # TRL's sigmoid smooths nothing
        "label_smoothing": recipe.label_smoothing,
        "ld_alpha": None if recipe.ld_alpha == 1 else recipe.ld_alpha,
        "precompute_ref_log_probs": recipe.precompute_ref_log_probs,
        "precompute_ref_batch_size": 1,  # fits wherever a step does: the longest batch is tried only afterwards
    }


def _kto_loss_of(recipe: TrainingRecipe) -> dict[str, Any]:
    return {"beta": recipe.beta, "loss_type": "kto", "train_sampling_strategy": "sequential"}


def optimizer_here(recipe: TrainingRecipe) -> str:
    """Return the recipe's optimizer, or the one with full states on a CPU, where 8-bit kernels do not exist."""
    import torch

    return recipe.optimizer if torch.cuda.is_available() else "adamw_torch"


def fit_batch_to_memory(
    trainer: Any, tokens: list[int], recipe: TrainingRecipe, say: Callable[[str], None], place: Place = ALONE
) -> int:
    """Try the longest batch; while it does not fit in every process, halve its pairs and accumulate twice as often.

    An optimizer step then sees the same pairs as before. Return the longest pair, in tokens. Raises what the device
    raises where a batch that cannot be halved does not fit, and what `try_longest_batch` raises.
    """
    import torch

    while True:
        pairs = trainer.args.per_device_train_batch_size
        longest, failure = 0, None
        try:
            longest = try_longest_batch(trainer, tokens, recipe)
        except torch.OutOfMemoryError as error:
            failure = error.with_traceback(None)  # whose frames would hold the batch in memory
        if not place.any(failure is not None):
            return longest
        if pairs % 2 or (recipe.learns_from_single_answers and pairs // 2 < MIN_ANSWERS_AT_ONCE):
            raise failure or torch.OutOfMemoryError("another GPU of this training has no room")
        _set_batch(trainer, pairs // 2, 2 * trainer.args.gradient_accumulation_steps)
        say(
            f"out of memory with {pairs} pairs at once: trying {pairs // 2}, accumulated "
            f"{trainer.args.gradient_accumulation_steps} times"
        )


def _set_batch(trainer: Any, pairs: int, accumulation_steps: int) -> None:
    import torch

    trainer.args.per_device_train_batch_size = trainer.args.per_device_eval_batch_size = pairs
    trainer._train_batch_size = trainer.args.train_batch_size  # a copy that it made when it was built
    trainer.args.gradient_accumulation_steps = accumulation_steps  # and not the accelerator's: it would divide again
    trainer.model.zero_grad()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def try_longest_batch(trainer: Any, tokens: list[int], recipe: TrainingRecipe) -> int:
    """Run one forward and backward pass over the longest pairs; return the longest, in tokens.

    Raises `WrongStartError` if the loss is not that of an untrained model, and the device's own error if the batch does
    not fit.
    """
    pairs = trainer.args.per_device_train_batch_size
    longest = sorted(range(len(tokens)), key=tokens.__getitem__, reverse=True)[:pairs]
    batch = trainer.data_collator([trainer.train_dataset[index] for index in longest])
    if batch["input_ids"].shape[1] != tokens[longest[0]]:
        raise BadDataError(
            f"TRL makes {batch['input_ids'].shape[1]} tokens of the longest pair and the check counted "
            f"{tokens[longest[0]]}. Compare the trl and transformers versions with the pinned ones."
        )
    trainer.model.train()
    with trainer.compute_loss_context_manager():
        loss = trainer.compute_loss(trainer.model, trainer._prepare_inputs(batch))
    loss.backward()
    trainer.model.zero_grad()
    logs = {name: values[-1] for name, values in trainer._metrics["train"].items()} | {"loss": float(loss.detach())}
    # The first logged step must not average this one in.
    trainer.forget() if recipe.learns_from_single_answers else trainer._metrics["train"].clear()
    trainer._total_train_tokens = 0
    if error := wrong_start(logs, recipe):
        raise error
    return tokens[longest[0]]


def save_adapter(model: Any, folder: Path, base: Base) -> None:
    """Save the trained adapter alone: no `ref` beside it, and the base under the name by which others find it."""
    config = model.peft_config["default"]
    here = config.base_model_name_or_path
    config.base_model_name_or_path, config.revision = base.name, base.commit
    try:
        model.save_pretrained(folder, selected_adapters=["default"], save_embedding_layers=False)
    finally:
        config.base_model_name_or_path, config.revision = here, None
    (folder / "README.md").unlink(missing_ok=True)  # PEFT's own card names this machine's folders
