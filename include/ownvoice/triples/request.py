"""The requests that Ownvoice makes: for the triples of a chunk, and for a second model's answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ownvoice.chunks.chunk import chunk_key
from ownvoice.config.generators import Generator, RejectedBy
from ownvoice.config.recipe import GenerationRecipe
from ownvoice.llm.request import RequestBody
from ownvoice.triples.prompts import kinds_of, render

TRIPLE_FIELDS = ("instruction", "generated_answer", "extracted_answer")
"""The fields of a triple, as prompt and JSON schema name them, in the order of `Triple`."""

KIND_FIELD = "kind"
"""The further field of a triple whose prompt asks for kinds of instruction."""


def _response_format(recipe: GenerationRecipe) -> dict[str, Any]:
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
    return {
        "model": generator.model,
        "messages": render(recipe.prompt_version, chunk_text),
        "temperature": generator.temperature,
        "max_tokens": recipe.max_output_tokens,
        "response_format": _response_format(recipe),
    }


def rejected_body(second: RejectedBy, instruction: str) -> RequestBody:
    """Return the request for a second model's answer to an instruction; the model sees nothing else."""
    return {
        "model": second.model,
        "messages": [{"role": "user", "content": instruction}],
        "temperature": second.temperature,
        "max_tokens": second.max_output_tokens,
    }
