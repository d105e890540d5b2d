"""Prompt version 2: instructions of several kinds, told by the model, checked by the parser, kept with the pair."""

from __future__ import annotations

import asyncio
import json
from collections import Counter

import pytest

from ownvoice.config.recipe import GenerationRecipe
from ownvoice.dataset.verify import verify
from ownvoice.llm.client import ModelAccess, open_client, request_completion
from ownvoice.llm.completion import Completion, Fault
from ownvoice.llm.providers import openai
from ownvoice.offline_model.server import OFFLINE_MODEL, OfflineModel
from ownvoice.offline_model.words import OF_KIND
from ownvoice.reports.report import write_report
from ownvoice.storage.lake import Lake, scan
from ownvoice.triples.parse import parse_answer, reader
from ownvoice.triples.prompts import CONTENT_KINDS, INSTRUCTION_KINDS, PROMPTS, kinds_of
from ownvoice.triples.request import request_body
from stand_ins.night import RECIPE, Night

TWO = RECIPE.model_copy(update={"prompt_version": "2"})
TRIPLE = {"instruction": "Explain it.", "generated_answer": "It is so.", "extracted_answer": "So it is."}
TEXT = " ".join(
    f"Paragraph {number} says that nothing in year {number} was quite as easy as it looked." for number in range(20)
)


def completion(*triples: dict[str, object]) -> Completion:
    content = json.dumps({"preference_triples": triples})
    return Completion(content)


def test_the_chapters_prompt_knows_no_kinds_and_stays_the_default():
    assert GenerationRecipe().prompt_version == "1"
    assert kinds_of("1") == ()
    assert reader("1")(completion(TRIPLE | {"kind": "question"})).triples[0].kind is None


def test_the_second_prompt_asks_for_every_kind_and_for_instructions_that_stand_alone():
    prompt = PROMPTS["2"]
    assert all(f"- {kind}: " in prompt.user_template for kind in INSTRUCTION_KINDS)
    assert "never see the extract" in prompt.user_template


@pytest.mark.parametrize("kind", ["question", " Opinion ", "TASK"])
def test_a_kind_is_read_however_it_is_spelt(kind):
    answer = parse_answer(completion(TRIPLE | {"kind": kind}), INSTRUCTION_KINDS)
    assert (answer.triples[0].kind, answer.fault) == (kind.strip().lower(), None)


@pytest.mark.parametrize("kind", ["riddle", "", None, 7, ["task"]])
def test_a_triple_of_no_kind_that_was_asked_for_is_none(kind):
    answer = parse_answer(completion(TRIPLE | {"kind": kind}, TRIPLE | {"kind": "task"}, TRIPLE), INSTRUCTION_KINDS)
    assert [triple.kind for triple in answer.triples] == ["task"]
    assert answer.fault is Fault.WRONG_SHAPE


def test_a_schema_has_the_kinds_where_the_prompt_asks_for_them():
    def items(version: str) -> Completion:
        recipe = GenerationRecipe(prompt_version=version, response_format="json_schema")
        schema = request_body(recipe, "A chunk.")["response_format"]["json_schema"]["schema"]
        return schema["properties"]["preference_triples"]["items"]

    assert items("1")["required"] == list(TRIPLE)
    assert items("2")["required"] == ["kind", *TRIPLE]
    assert items("2")["properties"]["kind"] == {"type": "string", "enum": list(INSTRUCTION_KINDS)}
    assert items("3")["properties"]["kind"] == {"type": "string", "enum": [*CONTENT_KINDS, *INSTRUCTION_KINDS]}


def test_in_prompt_three_the_quote_is_written_before_the_instruction_that_carries_it():
    recipe = GenerationRecipe(prompt_version="3", response_format="json_schema")
    body = request_body(recipe, "A chunk.")
    items = body["response_format"]["json_schema"]["schema"]["properties"]["preference_triples"]["items"]
    assert items["required"] == ["kind", "extracted_answer", "instruction", "generated_answer"]
    assert '{"kind": "...", "extracted_answer": "...", "instruction"' in body["messages"][1]["content"]
    assert all(f"- {kind}: " in PROMPTS["3"].user_template for kind in (*CONTENT_KINDS, *INSTRUCTION_KINDS))


def test_the_stand_in_answers_truly_in_kind(offline_model: OfflineModel):
    access = ModelAccess(offline_model.base_url, offline_model.api_key)

    async def ask() -> Completion:
        async with open_client(access) as client:
            recipe = GenerationRecipe(model=OFFLINE_MODEL, prompt_version="2")
            return (await request_completion(client, access, request_body(recipe, TEXT)))[0]

    answer = reader("2")(openai.read(asyncio.run(ask())))
    assert answer.fault is None
    assert Counter(triple.kind for triple in answer.triples) == {"question": 2, "task": 1, "summary": 1, "opinion": 1}
    for triple in answer.triples:
        starts = tuple(form.partition("{")[0] for form in OF_KIND[triple.kind])
        assert triple.instruction.removeprefix("According to the extract: ").startswith(starts)


def test_the_kind_stands_with_the_pair_and_is_counted_in_the_report(lake: Lake, tmp_path, offline_model):
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write("a", "b")
    night.run("monday", recipe=TWO)
    rows = [row for batch in scan(lake.table("pairs")) for row in batch.to_pylist()]
    assert {row["prompt_version"] for row in rows} == {"2"}
    kinds = Counter(row["instruction_kind"] for row in rows)
    assert len(kinds) > 1 and set(kinds) <= set(INSTRUCTION_KINDS)
    assert write_report(lake, "monday").instruction_kinds == kinds
    assert verify(lake).passed
    night.run("tuesday")
    night.write("c")
    night.run("wednesday")
    assert write_report(lake, "wednesday").instruction_kinds == {}
