"""Formatting pairs for the model: the prompt template, and a check of every row's tokens before training."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from ownvoice.errors import BadDataError
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.trainer.special_tokens import adds_bos, reserved_tokens
from ownvoice.training.version_pairs import Pair

# The template that the chapter's model was fine-tuned with, character by character.
ALPACA = """Below is an instruction that describes a task. Write a response that appropriately completes the request.
### Instruction:
{}
### Response:
"""
Template = Literal["alpaca", "chat"]
SIDES = ("chosen", "rejected")


@dataclass(slots=True)
class Formatted:
    """The rows of one split to train on, and the number left out by reason.

    `tokens` are the lengths of the rows, with the longer answer; `answer_tokens` those of the answers by side.
    """

    rows: list[dict[str, str]] = field(default_factory=list)
    tokens: list[int] = field(default_factory=list)
    answer_tokens: dict[str, list[int]] = field(default_factory=lambda: {side: [] for side in SIDES})
    longest_prompt_tokens: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    left_out_pair_ids: list[str] = field(default_factory=list)


def prompt_text(question: str, tokenizer: Any, template: Template, model: str) -> str:
    """Put a question into a template. Raises `BadDataError` if that of the model's tokenizer cannot take it."""
    if template == "alpaca":
        return ALPACA.format(question)
    if not tokenizer.chat_template:
        raise BadDataError(f"{model} has no chat template. Set prompt_template to alpaca.")
    text = _by_chat_template(question, tokenizer, model)
    # A template that writes the BOS itself would make two of it with a tokenizer that adds one.
    return text.removeprefix(tokenizer.bos_token) if adds_bos(tokenizer) else text


def _by_chat_template(question: str, tokenizer: Any, model: str) -> str:
    from jinja2 import TemplateError

    message = [{"role": "user", "content": question}]
    try:
        return str(tokenizer.apply_chat_template(message, tokenize=False, add_generation_prompt=True))
    except (TemplateError, ValueError, TypeError) as error:  # what it raises itself, and what it was not written for
        raise BadDataError(
            f"the chat template of {model} cannot take a question by itself: {error}. Set prompt_template to alpaca."
        ) from None


def format_pairs(pairs: Iterable[Pair], tokenizer: Any, recipe: TrainingRecipe) -> Formatted:
    """Format and tokenise every pair; leave out, with a reason, what TRL would silently cut or misread."""
    result = Formatted()
    template = recipe.prompt_template, recipe.base_model
    reserved = reserved_tokens(tokenizer, prompt_text("?", tokenizer, *template))
    for pair in pairs:
        prompt = prompt_text(pair.prompt, tokenizer, *template)
        row = {"prompt": prompt, "chosen": pair.chosen, "rejected": pair.rejected}
        row |= {side: row[side] + tokenizer.eos_token for side in SIDES}
        prompt_ids = tokenizer(prompt)["input_ids"]
        result.longest_prompt_tokens = max(result.longest_prompt_tokens, len(prompt_ids))
        with_answer = [tokenizer(prompt + row[side])["input_ids"] for side in SIDES]
        faults = [
            *prompt_faults(pair.prompt, prompt, prompt_ids, tokenizer, reserved),
            *(fault for ids in with_answer for fault in _faults(prompt_ids, ids, tokenizer, reserved, recipe)),
        ]
        if faults:
            result.left_out[faults[0]] += 1
            result.left_out_pair_ids.append(pair.pair_id)
            continue
        result.rows.append(row)
        result.tokens.append(max(map(len, with_answer)))
        for side, ids in zip(SIDES, with_answer, strict=True):
            result.answer_tokens[side].append(len(ids) - len(prompt_ids))
    return result


def prompt_faults(
    question: str, prompt: str, ids: list[int], tokenizer: Any, reserved: frozenset[int]
) -> Iterator[str]:
    """Yield what is wrong with a prompt. What its template writes around the question is the template's own affair."""
    if question.strip() not in prompt:
        yield "question_not_in_the_prompt"
    if not reserved.isdisjoint(tokenizer(question, add_special_tokens=False)["input_ids"]):
        yield "special_token_in_the_question"
    if tokenizer.bos_token_id is not None and ids[:2] == [tokenizer.bos_token_id] * 2:
        yield "doubled_bos"


def _faults(
    prompt_ids: list[int], ids: list[int], tokenizer: Any, reserved: frozenset[int], recipe: TrainingRecipe
) -> Iterator[str]:
    """Yield what is wrong with the tokens of a prompt and its answer."""
    answer = ids[len(prompt_ids) :]
    if len(ids) > recipe.max_length:
        yield "longer_than_max_length"  # TRL would cut its end, and the EOS with it
    if ids[: len(prompt_ids)] != prompt_ids:
        yield "tokens_merge_across_the_boundary"  # the end of the prompt would count as answer
    if answer.count(tokenizer.eos_token_id) != 1 or answer[-1] != tokenizer.eos_token_id:
        yield "not_one_final_eos"
    if not reserved.isdisjoint(answer[:-1]):
        yield "special_token_in_the_answer"
