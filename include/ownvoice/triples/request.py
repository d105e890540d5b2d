"""The requests that Ownvoice makes: for the triples of a chunk, and for a second model's answer."""

from __future__ import annotations

from typing import Any, cast

from ownvoice.chunks.chunk import chunk_key
from ownvoice.config.generators import Generator, RejectedBy
from ownvoice.config.recipe import GenerationRecipe
from ownvoice.llm.request import Message, RequestBody
from ownvoice.triples.prompts import Prompt, prompt_of, render

TRIPLE_FIELDS = ("instruction", "generated_answer", "extracted_answer")
"""The fields of a triple, as prompt and JSON schema name them, in the order of `Triple`."""

_LONGEST_MEAN_WORD = 20  # characters; where words seem longer, spaces do not separate them

KIND_FIELD = "kind"
"""The further field of a triple whose prompt asks for kinds of instruction."""


def _response_format(recipe: GenerationRecipe) -> dict[str, Any] | None:
    if recipe.response_format == "text":
        return None
    if recipe.response_format == "json_object":
        return {"type": "json_object"}
    schema = {"name": "preference_triples", "strict": True, "schema": _triples_schema(prompt_of(recipe.prompt_version))}
    return {"type": "json_schema", "json_schema": schema}


def _triples_schema(prompt: Prompt) -> dict[str, Any]:
    """Return the schema of an answer; a model that is held to it writes the fields in this order."""
    *others, quote = TRIPLE_FIELDS
    names = (quote, *others) if prompt.quote_first else TRIPLE_FIELDS
    kind = {KIND_FIELD: {"type": "string", "enum": list(prompt.kinds)}} if prompt.kinds else {}
    fields = kind | {name: {"type": "string"} for name in names}
    triple = {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}
    return {
        "type": "object",
        "properties": {"preference_triples": {"type": "array", "items": triple}},
        "required": ["preference_triples"],
        "additionalProperties": False,
    }


def request_body(recipe: GenerationRecipe, chunk_text: str, generator: Generator | None = None) -> RequestBody:
    """Return the request for the triples of one chunk.

    It goes to the generator that the recipe picks for this chunk, unless another is given. Raises what
    `prompts.render` raises.
    """
    generator = generator or recipe.generator_of(chunk_key(chunk_text))
    messages = render(recipe.prompt_version, chunk_text)
    body = asked_of(generator, messages, recipe.max_output_tokens)
    if (response_format := _response_format(recipe)) is not None:
        body["response_format"] = response_format
    return body


def rejected_body(second: RejectedBy, instruction: str, told: str = "", draw: int = 1) -> RequestBody:
    """Return the request for a second model's answer to an instruction; the model sees that, and what it is `told`.

    Each `draw` but the first has its number as the seed, so that it is a request of its own.
    """
    system: list[Message] = [{"role": "system", "content": told}] if told else []
    body = asked_of(second, [*system, {"role": "user", "content": instruction}], second.max_output_tokens)
    return {**body, "seed": draw} if draw > 1 else body


def rejected_bodies(recipe: GenerationRecipe, second: RejectedBy, instruction: str, chosen: str) -> list[RequestBody]:
    """Return the requests for all answers that a second model at an endpoint draws to an instruction."""
    draws = range(1, (recipe.rejected_draws or 1) + 1)
    return [rejected_body(second, instruction, told_length(recipe, chosen), draw) for draw in draws]


def told_length(recipe: GenerationRecipe, chosen: str) -> str:
    """Return what a second model is told of the chosen answer's length; empty where the recipe says nothing of it.

    It is told words, or characters in a script without spaces.
    """
    if recipe.rejected_length != "told":
        return ""
    if not has_spaces(chosen):
        return f"Answer in about {len(chosen)} characters."
    words = len(chosen.split())
    return f"Answer in about {words} word{'' if words == 1 else 's'}."


def has_spaces(text: str) -> bool:
    """Whether spaces separate the words of a text, as they do not in Chinese, Japanese or Thai."""
    return len(text) <= _LONGEST_MEAN_WORD * len(text.split())


def asked_of(model: Generator | RejectedBy, messages: list[Message], max_tokens: int) -> RequestBody:
    """Return a request with what is asked of the model alone; a field that is empty is not in it."""
    fields = {"temperature": model.temperature, "reasoning_effort": model.reasoning_effort}
    set_fields = {name: value for name, value in fields.items() if value is not None}
    return cast(RequestBody, {"model": model.model, "messages": messages, **set_fields, "max_tokens": max_tokens})
