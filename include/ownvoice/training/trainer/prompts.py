"""Formatting pairs for the model: the prompt template, and a check of every row's tokens before training."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ownvoice.errors import BadDataError
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.version_pairs import Pair

# The template that the chapter's model was fine-tuned with, character by character.
ALPACA = """Below is an instruction that describes a task. Write a response that appropriately completes the request.
### Instruction:
{}
### Response:
"""


@dataclass(slots=True)
class Formatted:
    """The rows of one split to train on, their lengths in tokens, and the number left out by reason."""

    rows: list[dict[str, str]] = field(default_factory=list)
    tokens: list[int] = field(default_factory=list)
    longest_prompt_tokens: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    left_out_pair_ids: list[str] = field(default_factory=list)


def prompt_text(question: str, tokenizer: Any, recipe: TrainingRecipe) -> str:
    """Put a question into the recipe's template. Raises `BadDataError` if the tokenizer has no chat template."""
    if recipe.prompt_template == "alpaca":
        return ALPACA.format(question)
    if not tokenizer.chat_template:
        raise BadDataError(f"{recipe.base_model} has no chat template. Set prompt_template to alpaca.")
    message = [{"role": "user", "content": question}]
    text = str(tokenizer.apply_chat_template(message, tokenize=False, add_generation_prompt=True))
    # A template that writes the BOS itself would make two of it with a tokenizer that adds one.
    return text.removeprefix(tokenizer.bos_token) if _adds_bos(tokenizer) else text


def format_pairs(pairs: Iterable[Pair], tokenizer: Any, recipe: TrainingRecipe) -> Formatted:
    """Format and tokenise every pair; leave out, with a reason, what TRL would silently cut or misread."""
    result = Formatted()
    for pair in pairs:
        prompt = prompt_text(pair.prompt, tokenizer, recipe)
        row = {"prompt": prompt, "chosen": pair.chosen, "rejected": pair.rejected}
        row |= {side: row[side] + tokenizer.eos_token for side in ("chosen", "rejected")}
        prompt_ids = tokenizer(prompt)["input_ids"]
        result.longest_prompt_tokens = max(result.longest_prompt_tokens, len(prompt_ids))
        sides = [tokenizer(prompt + row[side])["input_ids"] for side in ("chosen", "rejected")]
        reason = next((found for ids in sides for found in _faults(prompt_ids, ids, tokenizer, recipe)), None)
        if reason:
            result.left_out[reason] += 1
            result.left_out_pair_ids.append(pair.pair_id)
        else:
            result.rows.append(row)
            result.tokens.append(max(map(len, sides)))
    return result


def _faults(prompt_ids: list[int], ids: list[int], tokenizer: Any, recipe: TrainingRecipe) -> Iterator[str]:
    """Yield what is wrong with the tokens of a prompt and its answer."""
    if len(ids) > recipe.max_length:
        yield "longer_than_max_length"  # TRL would cut its end, and the EOS with it
    if ids[: len(prompt_ids)] != prompt_ids:
        yield "tokens_merge_across_the_boundary"  # the end of the prompt would count as answer
    if ids.count(tokenizer.eos_token_id) != 1 or ids[-1] != tokenizer.eos_token_id:
        yield "not_one_final_eos"
    if tokenizer.bos_token_id not in (None, tokenizer.eos_token_id):
        starts = ids.count(tokenizer.bos_token_id)
        if starts > 1 or (_adds_bos(tokenizer) and starts != 1):
            yield "not_one_bos"


def _adds_bos(tokenizer: Any) -> bool:
    return tokenizer.bos_token_id is not None and tokenizer("")["input_ids"][:1] == [tokenizer.bos_token_id]
