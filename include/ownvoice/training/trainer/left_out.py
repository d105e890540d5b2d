"""What is said of the pairs that cannot be trained on: how many for which reason, and what can be done about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from ownvoice.errors import BadDataError, SettingsError
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.recipe_checks import problems_of
from ownvoice.training.trainer.formatted import Formatted

_ADVICE = {
    "longer_than_max_length": "raise max_length",
    "tokens_merge_across_the_boundary": "set prompt_template to the other template",
    "not_one_final_eos": "take the pairs that quote the base's EOS out of the dataset",
    "special_token_in_the_answer": "take the pairs that quote the base's special tokens out of the dataset",
    "special_token_in_the_question": "take the pairs that quote the base's special tokens out of the dataset",
    "question_not_in_the_prompt": "the chat template loses the question: set prompt_template to alpaca",
    "turns_not_in_the_template": "rows of several turns need prompt_template chat, and a chat template that keeps each",
    "lone_thumb": "set loss_type to kto, which learns from single answers",
    "doubled_bos": "the prompt begins with two BOS: set add_bos_token to false in a copy of the base's tokenizer",
}


def counted(left_out: Mapping[str, int]) -> str:
    """Return the reasons with their numbers, the most frequent first."""
    return ", ".join(f"{count} {reason}" for reason, count in Counter(left_out).most_common()) or "none"


def refuse_what_is_left(rows: Mapping[str, Formatted], recipe: TrainingRecipe) -> None:
    """Refuse a training for which too few pairs are left, with the reasons counted and what to do about them.

    Raises `BadDataError` where a split has none left, and `SettingsError` where the train split is too small, or the
    longest prompt too long, for the recipe.
    """
    for name, split in rows.items():
        if not split.rows:
            raise BadDataError(
                f"none of the {split.left_out.total()} {name} pairs can be trained on ({counted(split.left_out)}). "
                f"What helps: {_advice(split.left_out)}."
            )
    train = rows["train"]
    longest_prompt = max(split.longest_prompt_tokens for split in rows.values())
    if problems := list(problems_of(recipe, len(train.rows), longest_prompt)):
        lost = f" Left out: {counted(train.left_out)}; what helps: {_advice(train.left_out)}." if train.left_out else ""
        raise SettingsError(f"{'; '.join(problems)}. Correct the recipe, or train on a larger version.{lost}")


def _advice(left_out: Mapping[str, int]) -> str:
    return "; ".join(dict.fromkeys(_ADVICE[reason] for reason, _ in Counter(left_out).most_common()))
