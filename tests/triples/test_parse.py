from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.llm.completion import Completion, Fault
from ownvoice.llm.providers import openai
from ownvoice.triples.parse import MAX_FIELD_CHARS, MAX_TRIPLES, Answer, parse_answer
from ownvoice.triples.triple import Triple

ENTRY = {"instruction": "Explain it.", "generated_answer": "It is so.", "extracted_answer": "“So it is.”"}
TRIPLE = Triple(**ENTRY)
WHOLE = json.dumps({"preference_triples": [ENTRY, ENTRY]}, ensure_ascii=False)


def completion(content: Any, *, finish_reason: str = "stop", refusal: str | None = None) -> Completion:
    message = {"role": "assistant", "content": content, "refusal": refusal}
    return openai.read({"choices": [{"index": 0, "message": message, "finish_reason": finish_reason}]})


@pytest.mark.parametrize(
    "content",
    [
        WHOLE,
        f"```json\n{WHOLE}\n```",
        f'Sure! Here\'s the "JSON" you asked for [five triples]:\n{WHOLE}\nAnything else?',
        WHOLE.replace("}]", "},]").replace('”"}', '”",\n}'),
        WHOLE.replace("{", "{\n\t"),
    ],
    ids=["bare", "fenced", "with a greeting", "trailing commas", "indented"],
)
def test_an_answer_is_read_whatever_it_is_wrapped_in(content: str) -> None:
    assert parse_answer(completion(content)) == Answer((TRIPLE, TRIPLE), None)


def test_a_raw_line_break_inside_a_string_is_read() -> None:
    answer = parse_answer(completion(WHOLE.replace("Explain it.", "Explain\nit.")))
    assert answer.fault is None
    assert answer.triples[0].instruction == "Explain\nit."


def test_the_authors_words_are_not_touched_by_the_reading() -> None:
    odd = ' He wrote {"a": [1,]} , then: ```x,\n} ``` \\ and ,} \u2019 '
    entry = ENTRY | {"extracted_answer": odd}
    content = json.dumps({"preference_triples": [entry]}).replace('"}]', '",}]')
    assert parse_answer(completion(content)).triples[0].extracted_answer == odd


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (completion(WHOLE[:30], finish_reason="length"), Fault.TRUNCATED),
        (completion(None, finish_reason="length"), Fault.TRUNCATED),
        (completion(None, refusal="I cannot help with that."), Fault.REFUSED),
        (completion("", finish_reason="content_filter"), Fault.REFUSED),
        (completion(None), Fault.EMPTY),
        (completion(" \n"), Fault.EMPTY),
        (completion('{"preference_triples": []}'), Fault.EMPTY),
        (Completion(), Fault.EMPTY),
        (completion("I would rather not."), Fault.BAD_JSON),
        (completion(WHOLE[:30]), Fault.BAD_JSON),
        (completion('{"triples": 5}'), Fault.WRONG_SHAPE),
        (completion('{"preference_triples": "five"}'), Fault.WRONG_SHAPE),
        (completion('{"preference_triples": [[], "a", null]}'), Fault.WRONG_SHAPE),
    ],
)
def test_each_unusable_answer_has_its_name(answer: Completion, fault: Fault) -> None:
    assert parse_answer(answer) == Answer((), fault)
    assert not parse_answer(answer).usable


def test_complete_triples_before_a_truncation_are_kept_wherever_it_cuts() -> None:
    for cut in range(1, len(WHOLE) - 2):
        answer = parse_answer(completion(WHOLE[:cut], finish_reason="length"))
        complete = WHOLE[:cut].count('”"}')
        assert answer == Answer((TRIPLE,) * complete, Fault.TRUNCATED)


@pytest.mark.parametrize("part", sorted(ENTRY))
@pytest.mark.parametrize("wrong", ["", "  ", None, 5, ["So it is."], "\ud83d"], ids=repr)
def test_good_triples_beside_a_wrong_one_are_kept(part: str, wrong: Any) -> None:
    content = json.dumps({"preference_triples": [ENTRY, ENTRY | {part: wrong}]})
    assert parse_answer(completion(content)) == Answer((TRIPLE,), Fault.WRONG_SHAPE)


def test_a_bare_list_of_triples_is_kept_and_named() -> None:
    assert parse_answer(completion(json.dumps([ENTRY]))) == Answer((TRIPLE,), Fault.WRONG_SHAPE)


def test_a_filtered_answer_is_refused_even_where_triples_stand_in_it() -> None:
    assert parse_answer(completion(WHOLE, finish_reason="content_filter")).fault is Fault.REFUSED


def test_an_answer_nested_without_end_is_bad_json() -> None:
    assert parse_answer(completion('{"a":' * 2_000)) == Answer((), Fault.BAD_JSON)
    assert parse_answer(completion('{"a":' + "[" * 100_000)) == Answer((), Fault.BAD_JSON)


def test_a_draft_inside_thinking_makes_no_triple() -> None:
    draft = WHOLE.replace("Explain it.", "Draft.")
    assert parse_answer(completion(f"<think>{draft}</think>\n{WHOLE}")) == Answer((TRIPLE, TRIPLE), None)
    assert parse_answer(completion(f"<think>{draft}")) == Answer((), Fault.EMPTY)
    assert parse_answer(Completion(reasoning=f"First a draft: {draft}")) == Answer((), Fault.EMPTY)


@pytest.mark.parametrize("wrapped", [WHOLE, f"\n```json\n{WHOLE}\n```"])
def test_an_answer_that_stands_in_the_reasoning_alone_is_read(wrapped: str) -> None:
    assert parse_answer(Completion(reasoning=wrapped)) == Answer((TRIPLE, TRIPLE), None)
    assert parse_answer(Completion("It is so.", reasoning=wrapped)) == Answer((), Fault.BAD_JSON)


@given(st.text())
def test_what_the_model_wrote_holds_no_control_character(text: str) -> None:
    for ensure_ascii in (True, False):
        entry = json.dumps([ENTRY | {"instruction": f"A{text}"}], ensure_ascii=ensure_ascii)
        for triple in parse_answer(Completion(entry)).triples:
            assert not {c for c in triple.instruction if unicodedata.category(c) == "Cc"} - {"\n", "\t"}


def test_a_quote_keeps_the_control_characters_that_the_author_wrote() -> None:
    entry = json.dumps({"preference_triples": [ENTRY | {"extracted_answer": "before \x1b[2J and \x85 after"}]})
    assert parse_answer(Completion(entry)).triples[0].extracted_answer == "before \x1b[2J and \x85 after"


def test_an_entry_beyond_the_bounds_is_no_triple() -> None:
    many = json.dumps({"preference_triples": [ENTRY] * (MAX_TRIPLES + 1)})
    assert parse_answer(Completion(many)) == Answer((TRIPLE,) * MAX_TRIPLES, Fault.WRONG_SHAPE)
    long = json.dumps({"preference_triples": [ENTRY, ENTRY | {"extracted_answer": "x" * (MAX_FIELD_CHARS + 1)}]})
    assert parse_answer(Completion(long)) == Answer((TRIPLE,), Fault.WRONG_SHAPE)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
PARTS = st.text() | st.sampled_from(["{", "}", "[", "]", ",", '"', WHOLE, json.dumps(ENTRY), "\\", "```"])
CONTENTS = st.lists(PARTS).map("".join) | JSON_VALUES.map(json.dumps) | JSON_VALUES


@given(CONTENTS, st.sampled_from(["stop", "length", "content_filter", None, 5]), JSON_VALUES)
def test_any_content_gives_an_answer_that_has_triples_or_a_fault(
    content: Any, finish_reason: Any, refusal: Any
) -> None:
    answer = parse_answer(completion(content, finish_reason=finish_reason, refusal=refusal))
    assert answer.usable or answer.fault is not None
    for triple in answer.triples:
        assert triple.instruction.strip() and triple.generated_answer.strip() and triple.extracted_answer.strip()
