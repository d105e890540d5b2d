from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.config.generators import RejectedBy
from ownvoice.config.recipe import GenerationRecipe
from ownvoice.llm.request import request_key
from ownvoice.triples.request import rejected_bodies, rejected_body, request_body


def test_the_default_request_is_the_chapters() -> None:
    body = request_body(GenerationRecipe(), "The chunk.")
    messages = body.pop("messages")
    assert [message["role"] for message in messages] == ["system", "user"]
    assert body == {
        "model": "gpt-4o-mini",
        "temperature": 0.7,
        "max_tokens": 2000,
        "response_format": {"type": "json_object"},
    }


@pytest.mark.parametrize(
    ("fields", "sent"),
    [
        ({"temperature": None}, {}),
        ({"temperature": ""}, {}),
        ({"temperature": "none"}, {}),
        ({"temperature": 0}, {"temperature": 0}),
        ({"reasoning_effort": "low"}, {"temperature": 0.7, "reasoning_effort": "low"}),
        ({"reasoning_effort": ""}, {"temperature": 0.7}),
        ({"temperature": None, "reasoning_effort": "none"}, {"reasoning_effort": "none"}),
    ],
)
def test_a_field_that_is_empty_is_not_sent(fields: dict[str, Any], sent: dict[str, Any]) -> None:
    body: Mapping[str, Any] = request_body(GenerationRecipe.model_validate(fields), "The chunk.")
    assert {name: body[name] for name in ("temperature", "reasoning_effort") if name in body} == sent


def test_a_second_model_has_its_own_temperature_and_effort() -> None:
    second = RejectedBy(model="m", temperature=None, reasoning_effort="high")
    assert rejected_body(second, "Why?") == {
        "model": "m",
        "messages": [{"role": "user", "content": "Why?"}],
        "reasoning_effort": "high",
        "max_tokens": 1000,
    }


def test_each_draw_is_a_request_of_its_own_and_the_first_is_as_it_ever_was() -> None:
    second = RejectedBy(model="m")
    bodies = rejected_bodies(GenerationRecipe(rejected_by=second, rejected_draws=3), second, "Why?", "So it is.")
    assert bodies[0] == rejected_body(second, "Why?")
    assert [body.get("seed") for body in bodies] == [None, 2, 3]
    assert len({request_key(body) for body in bodies}) == 3


def test_a_second_model_is_told_a_length_beside_the_instruction() -> None:
    second = RejectedBy(model="m")
    recipe = GenerationRecipe(rejected_by=second, rejected_length="told")
    (body,) = rejected_bodies(recipe, second, "Why?", "So it\nis, here.")
    assert body["messages"] == [
        {"role": "system", "content": "Answer in about 4 words."},
        {"role": "user", "content": "Why?"},
    ]


def test_a_recipe_that_asks_for_text_names_no_format() -> None:
    assert "response_format" not in request_body(GenerationRecipe(response_format="text"), "The chunk.")


def _objects(schema: dict[str, Any]) -> list[dict[str, Any]]:
    inner = [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]
    return [schema] * (schema["type"] == "object") + [found for part in inner for found in _objects(part)]


def test_a_strict_schema_closes_every_object_and_requires_every_field() -> None:
    body = request_body(GenerationRecipe(response_format="json_schema"), "The chunk.")
    declared = body["response_format"]["json_schema"]
    assert declared["strict"] is True
    objects = _objects(declared["schema"])
    assert len(objects) == 2
    for schema in objects:
        assert schema["additionalProperties"] is False
        assert schema["required"] == list(schema["properties"])


def test_the_key_is_the_hash_of_sorted_compact_utf8_json() -> None:
    # printf '{"a":"é","b":[1,2]}' | sha256sum
    assert request_key({"b": [1, 2], "a": "é"}) == "9cfb1f938a87f2b8f3b8cc429c7a09116d54f048322742d4c23d4767b85f85da"


def test_the_key_changes_with_everything_the_model_is_told() -> None:
    recipe = GenerationRecipe()
    others = [
        recipe.model_copy(update={"model": "other"}),
        recipe.model_copy(update={"temperature": 0.8}),
        recipe.model_copy(update={"max_output_tokens": 2001}),
        recipe.model_copy(update={"response_format": "json_schema"}),
    ]
    keys = {request_key(request_body(each, "The chunk.")) for each in [recipe, *others]}
    assert len(keys | {request_key(request_body(recipe, "The chunk!"))}) == 6


@given(st.dictionaries(st.text(), st.integers() | st.text()))
def test_the_key_survives_storage_and_another_order_of_fields(body: dict[str, Any]) -> None:
    stored = json.loads(json.dumps(dict(reversed(body.items()))))
    assert request_key(stored) == request_key(body)
