"""The prompt template, and what can be wrong with a prompt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from ownvoice.errors import BadDataError
from ownvoice.training.trainer.special_tokens import adds_bos

# The template that the chapter's model was fine-tuned with, character by character.
ALPACA = """Below is an instruction that describes a task. Write a response that appropriately completes the request.
### Instruction:
{}
### Response:
"""
Template = Literal["alpaca", "chat"]


def prompt_text(question: str, tokenizer: Any, template: Template, model: str) -> str:
    """Put a question into a template. Raises `BadDataError` if that of the model's tokenizer cannot take it."""
    if template == "alpaca":
        return ALPACA.format(question)
    if not tokenizer.chat_template:
        raise BadDataError(f"{model} has no chat template. Set prompt_template to alpaca.")
    try:
        return by_chat_template([("user", question)], tokenizer)
    except ValueError as error:
        raise BadDataError(
            f"the chat template of {model} cannot take a question by itself: {error}. Set prompt_template to alpaca."
        ) from None


def by_chat_template(messages: Sequence[tuple[str, str]], tokenizer: Any) -> str:
    """Put turns, each a role and a text, into the chat template, up to where an answer begins.

    Raises `ValueError` where the template refuses them.
    """
    from jinja2 import TemplateError

    turns = [{"role": role, "content": text} for role, text in messages]
    try:
        text = str(tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True))
    except (TemplateError, ValueError, TypeError) as error:  # what it raises itself, and what it was not written for
        raise ValueError(str(error)) from None
    # A template that writes the BOS itself would make two of it with a tokenizer that adds one.
    return text.removeprefix(tokenizer.bos_token) if adds_bos(tokenizer) else text


def prompt_faults(
    question: str, prompt: str, ids: list[int], tokenizer: Any, reserved: frozenset[int]
) -> Iterator[str]:
    """Yield what is wrong with a prompt. What its template writes around the question is the template's own affair."""
    if question.strip() not in prompt:
        yield "question_not_in_the_prompt"
    yield from token_faults([question], ids, tokenizer, reserved)


def token_faults(texts: Sequence[str], ids: list[int], tokenizer: Any, reserved: frozenset[int]) -> Iterator[str]:
    """Yield what is wrong with the tokens `ids` of a prompt that holds `texts`."""
    if any(not reserved.isdisjoint(tokenizer(text, add_special_tokens=False)["input_ids"]) for text in texts):
        yield "special_token_in_the_question"
    if tokenizer.bos_token_id is not None and ids[:2] == [tokenizer.bos_token_id] * 2:
        yield "doubled_bos"
