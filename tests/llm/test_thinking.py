from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.llm.thinking import without_thinking

DRAFT, ANSWER = '{"preference_triples": ["draft"]}', '{"preference_triples": []}'
PIECES = st.lists(
    st.sampled_from(
        ["<think>", "<analysis>", "</analysis>", "◁think▷", "</think>", "[THINK]", "[/THINK]", "\n", "{", "a"]
    )
).map("".join)


@pytest.mark.parametrize(
    "text",
    [
        f"<think>{DRAFT}</think>{ANSWER}",
        f"\n<think>\n{DRAFT}\n</think>\n\n{ANSWER}",
        f"<thinking>{DRAFT}</thinking>{ANSWER}",
        f"[THINK]{DRAFT}[/THINK]{ANSWER}",
        f'<think type="draft">{DRAFT}</think>{ANSWER}',
        f"<seed:think>{DRAFT}</seed:think>{ANSWER}",
        f"<analysis>{DRAFT}</analysis>\n<reflection>{DRAFT}</reflection>\n{ANSWER}",
        f"<think>{DRAFT}<think>{DRAFT}</think>{DRAFT}</think>{ANSWER}",
        f"<think>Is <think> a tag? {DRAFT}</think>{ANSWER}",
        f"◁think▷{DRAFT}◁/think▷{ANSWER}",
        f"<|begin_of_thought|>{DRAFT}<|end_of_thought|>{ANSWER}",
        f"<|START_THINKING|>{DRAFT}<|END_THINKING|>{ANSWER}",
        f"<|channel>thought\n{DRAFT}<channel|>{ANSWER}",
        f"<|channel|>analysis<|message|>{DRAFT}<|end|><|start|>assistant<|channel|>final<|message|>{ANSWER}",
        f"<|channel|>commentary<|message|>{DRAFT}<|channel|>final <|constrain|>json<|message|>{ANSWER}<|return|>",
        f"analysisFirst: {DRAFT}assistantfinal{ANSWER}",
        f"<think></think>\n<think>{DRAFT}</think>{ANSWER}",
        f"Let me see: {DRAFT}\n</think>\n\n{ANSWER}",
        f"{DRAFT} </think>{ANSWER}",
        f"{DRAFT}</think>\r\n{ANSWER}",
    ],
)
def test_a_draft_is_left_out_whichever_tags_a_model_writes(text: str) -> None:
    assert without_thinking(text).strip() == ANSWER


@pytest.mark.parametrize(
    "text",
    [
        f"<think>{DRAFT}",
        f"<think>one</think><think>{DRAFT}",
        f"{DRAFT}\n</think>",
        f"[THINK]{DRAFT}",
        f"<|channel|>analysis<|message|>{DRAFT}<|end|>",
    ],
)
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
        "<b>Bold</b> is a tag.\n</reason>\nSo it is.",
        "analysis of variance\nis a method",
    ],
)
def test_an_answer_that_speaks_of_the_tags_is_left_as_it_is(text: str) -> None:
    assert without_thinking(text) == text


@given(PIECES)
def test_what_is_left_is_the_end_of_the_text(text: str) -> None:
    assert text.endswith(without_thinking(text))


def test_a_text_of_tags_alone_is_read_to_its_end() -> None:
    for text in ("<think></think>", "<think>", "<think><think></think>", "<|channel|>final<|message|>"):
        assert without_thinking(text * 100_000) == ""
