"""What cannot work in a training recipe, held against its version and machine before a GPU is requested. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from ownvoice.config.hub_name import hub_name_fault
from ownvoice.errors import SettingsError
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.sharing import share_of

MIN_STEPS = 5  # shorter curves have too few points to be judged
MIN_ANSWERS_AT_ONCE = 4
"""Of KTO: its reference point is estimated over the answers of one forward pass (TRL 1.15's documentation)."""

_KTO_LEARNING_RATES = (5e-7, 5e-6)  # TRL 1.15's documentation, for a beta of 0.1


def refuse_what_cannot_work(
    recipe: TrainingRecipe, train_pairs: int, longest_prompt_tokens: int | None = None, gpu_count: int = 1
) -> None:
    """Check the recipe against the numbers of its dataset version and machine, before a GPU is requested.

    Raises `SettingsError` that names every problem.
    """
    if problems := list(problems_of(recipe, train_pairs, longest_prompt_tokens, gpu_count)):
        raise SettingsError("; ".join(problems) + ". Correct the recipe, or train on a larger version.")


def problems_of(
    recipe: TrainingRecipe, train_pairs: int, longest_prompt_tokens: int | None = None, gpu_count: int = 1
) -> Iterator[str]:
    """Yield each reason why the recipe cannot work on a version with so many train pairs, or on so many GPUs.

    With kto `train_pairs` counts single answers.
    """
    steps, unit = recipe.steps(train_pairs), "answers" if recipe.learns_from_single_answers else "pairs"
    if steps < MIN_STEPS:
        yield (
            f"{train_pairs} train {unit} make {steps} optimizer steps of "
            f"{recipe.batch_pairs * recipe.accumulation_steps} {unit}, and fewer than {MIN_STEPS} cannot be judged: "
            "lower accumulation_steps or batch_pairs"
        )
    if recipe.hub_repository and (fault := hub_name_fault(recipe.hub_repository)):
        yield f"hub_repository {fault}"
    if recipe.promote and not recipe.hub_repository:
        yield f"promote is {recipe.promote} and there is no hub_repository, to which a champion belongs: name it"
    if recipe.warmup_steps >= steps:
        most = max(0, steps - 1)
        yield f"warmup_steps is {recipe.warmup_steps} and the whole run has {steps}: make it at most {most}"
    if longest_prompt_tokens is not None and longest_prompt_tokens >= recipe.max_length:
        yield (
            f"max_length is {recipe.max_length} tokens and the longest prompt alone has {longest_prompt_tokens}: "
            "no answer would be left to learn from"
        )
    yield from _problems_of_kto(recipe) if recipe.learns_from_single_answers else _problems_of_loss(recipe)
    if gpu_count > 1:
        yield from _problems_on_several(recipe, gpu_count)


def _problems_of_loss(recipe: TrainingRecipe) -> Iterator[str]:
    if recipe.label_smoothing and recipe.loss_type != "sigmoid":
        yield (
            f"label_smoothing is {recipe.label_smoothing:g} and loss_type {recipe.loss_type}, of which no form with "
            "smoothed labels is known: set loss_type to sigmoid, or label_smoothing to 0"
        )
    if recipe.ld_alpha < 1 and recipe.loss_type == "ipo":
        yield (
            f"ld_alpha is {recipe.ld_alpha:g} and loss_type ipo, which divides by the length of each answer already: "
            "set loss_type to sigmoid or hinge, or ld_alpha to 1"
        )
    if recipe.padding_free:
        yield (
            "padding_free is on, and TRL 1.15 would warn and pad all the same, since its DPO has lost it in a rewrite: "
            "turn it off"
        )


def _problems_of_kto(recipe: TrainingRecipe) -> Iterator[str]:
    of_pairs = {"label_smoothing": 0.0, "rpo_alpha": 0.0, "ld_alpha": 1.0}
    for name in (name for name, off in of_pairs.items() if getattr(recipe, name) != off):
        yield f"{name} is on and loss_type kto, which knows no pairs that it could act on: set it to {of_pairs[name]:g}"
    if recipe.precompute_ref_log_probs:
        yield "precompute_ref_log_probs is on, which is tried for pairs alone: turn it off for loss_type kto"
    if recipe.backend == "unsloth":
        yield "loss_type is kto, which is tried with plain TRL alone: set backend to trl"
    if recipe.batch_pairs < MIN_ANSWERS_AT_ONCE:
        yield (
            f"batch_pairs is {recipe.batch_pairs}, and kto estimates its reference point over the answers of one "
            f"forward pass: make it at least {MIN_ANSWERS_AT_ONCE}, and accumulation_steps smaller"
        )


def cautions_about(recipe: TrainingRecipe) -> Iterator[str]:
    """Yield a sentence for each value that may work, but is not what the field trains with."""
    least, most = _KTO_LEARNING_RATES
    if recipe.learns_from_single_answers and not least <= recipe.learning_rate <= most:
        yield f"learning_rate is {recipe.learning_rate:g}, and kto is usually trained with {least:g} to {most:g}"


def _problems_on_several(recipe: TrainingRecipe, gpu_count: int) -> Iterator[str]:
    if recipe.backend == "unsloth":
        yield (
            f"gpu_count is {gpu_count} and the unsloth backend trains on one GPU, since Unsloth leaves several to a "
            "set-up by hand: set backend to trl, or gpu_count to 1"
        )
    if recipe.learns_from_single_answers:
        yield (
            f"gpu_count is {gpu_count} and loss_type kto, whose reference point would be another on each: set it to 1"
        )
    if share_of(recipe.batch_pairs, recipe.accumulation_steps, gpu_count) is None:
        step_pairs = recipe.batch_pairs * recipe.accumulation_steps
        yield (
            f"an optimizer step has {step_pairs} pairs (batch_pairs {recipe.batch_pairs} x accumulation_steps "
            f"{recipe.accumulation_steps}), which {gpu_count} GPUs cannot share equally: make them a multiple of "
            f"{gpu_count}, or set another gpu_count"
        )
