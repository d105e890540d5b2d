from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.llm.thinking import without_thinking

DRAFT, ANSWER = '{"preference_triples": ["draft"]}', '{"preference_triples": []}'
PIECES = st.lists(st.sampled_from(["<think>", "</think>", "[THINK]", "[/THINK]", "\n", "{", "a"])).map("".join)


@pytest.mark.parametrize(
    "text",
    [
        f"<think>{DRAFT}</think>{ANSWER}",
        f"\n<think>\n{DRAFT}\n</think>\n\n{ANSWER}",
        f"<thinking>{DRAFT}</thinking>{ANSWER}",
        f"[THINK]{DRAFT}[/THINK]{ANSWER}",
        f"<think></think>\n<think>{DRAFT}</think>{ANSWER}",
        f"Let me see: {DRAFT}\n</think>\n\n{ANSWER}",
        f"{DRAFT} </think>{ANSWER}",
        f"{DRAFT}</think>\r\n{ANSWER}",
    ],
)
def test_a_draft_is_left_out_whichever_tags_a_model_writes(text: str) -> None:
    assert without_thinking(text).strip() == ANSWER


@pytest.mark.parametrize("text", [f"<think>{DRAFT}", f"<think>one</think><think>{DRAFT}", f"{DRAFT}\n</think>"])
def test_nothing_is_left_where_only_thinking_came(text: str) -> None:
    assert without_thinking(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        ANSWER,
        " ",
        "He thinks: <think> is a tag.",
        '{"a": "He closes with </think> here", "b": {}}',
        '{"a": "`</think>`"}',
    ],
)
def test_an_answer_that_speaks_of_the_tags_is_left_as_it_is(text: str) -> None:
    assert without_thinking(text) == text


@given(PIECES)
def test_what_is_left_is_the_end_of_the_text(text: str) -> None:
    assert text.endswith(without_thinking(text))


def test_a_text_of_tags_alone_is_read_to_its_end() -> None:
    assert without_thinking("<think></think>" * 100_000) == ""
