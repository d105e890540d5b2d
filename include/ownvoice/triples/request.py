"""The requests that Ownvoice makes: for the triples of a chunk, and for a second model's answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from ownvoice.chunks.chunk import chunk_key
from ownvoice.config.generators import Generator, RejectedBy
from ownvoice.config.recipe import GenerationRecipe
from ownvoice.llm.request import Message, RequestBody
from ownvoice.triples.prompts import kinds_of, render

TRIPLE_FIELDS = ("instruction", "generated_answer", "extracted_answer")
"""The fields of a triple, as prompt and JSON schema name them, in the order of `Triple`."""

KIND_FIELD = "kind"
"""The further field of a triple whose prompt asks for kinds of instruction."""


def _response_format(recipe: GenerationRecipe) -> dict[str, Any] | None:
    if recipe.response_format == "text":
        return None
    if recipe.response_format == "json_object":
        return {"type": "json_object"}
    schema = {"name": "preference_triples", "strict": True, "schema": _triples_schema(kinds_of(recipe.prompt_version))}
    return {"type": "json_schema", "json_schema": schema}


def _triples_schema(kinds: Sequence[str]) -> dict[str, Any]:
    kind = {KIND_FIELD: {"type": "string", "enum": list(kinds)}} if kinds else {}
    fields = kind | {name: {"type": "string"} for name in TRIPLE_FIELDS}
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
    body = _asked_of(generator, messages, recipe.max_output_tokens)
    if (response_format := _response_format(recipe)) is not None:
        body["response_format"] = response_format
    return body


def rejected_body(second: RejectedBy, instruction: str) -> RequestBody:
    """Return the request for a second model's answer to an instruction; the model sees nothing else."""
    return _asked_of(second, [{"role": "user", "content": instruction}], second.max_output_tokens)


def _asked_of(model: Generator | RejectedBy, messages: list[Message], max_tokens: int) -> RequestBody:
    """Return a request with what is asked of the model alone; a field that is empty is not in it."""
    fields = {"temperature": model.temperature, "reasoning_effort": model.reasoning_effort}
    set_fields = {name: value for name, value in fields.items() if value is not None}
    return cast(RequestBody, {"model": model.model, "messages": messages, **set_fields, "max_tokens": max_tokens})
