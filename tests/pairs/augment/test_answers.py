"""Answers about further prompts, in the shapes in which models give them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.llm.completion import Completion, Fault
from ownvoice.pairs.augment.answers import NO, YES, read_instruction, read_verdict
from ownvoice.triples.further import MAX_INSTRUCTION_CHARS


@pytest.mark.parametrize(
    "text",
    [
        "Why does the pager wake nobody?",
        "  Why does the pager wake nobody?\n",
        '"Why does the pager wake nobody?"',
        "“Why does the pager wake nobody?”",
        "**Why does the pager wake nobody?**",
        "Instruction: Why does the pager wake nobody?",
        "**New instruction:** Why does the pager wake nobody?",
        "Here is the new instruction:\n\nWhy does the pager wake nobody?",
        "```text\nWhy does the pager wake nobody?\n```",
    ],
)
def test_an_instruction_is_read_without_what_stands_around_it(text):
    answer = read_instruction(Completion(text))
    assert (answer.text, answer.fault) == ("Why does the pager wake nobody?", None)


@pytest.mark.parametrize("text", ['Explain "progress" and "patience"', '"Progress": what is it, and what is "luck"?'])
def test_quotation_marks_within_an_instruction_stay(text):
    assert read_instruction(Completion(text)).text == text


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", Fault.EMPTY),
        ("Explain the pager.\n\nIt asks for more thought.", Fault.WRONG_SHAPE),
        ("Instruction:", Fault.WRONG_SHAPE),
        ("a" * (MAX_INSTRUCTION_CHARS + 1), Fault.WRONG_SHAPE),
    ],
)
def test_what_is_no_single_instruction_is_asked_for_again(text, fault):
    assert read_instruction(Completion(text)).fault is fault


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("yes", YES),
        ("Yes.", YES),
        ("**No**", NO),
        ("no\n", NO),
        ("The passage speaks of that. So: yes", YES),
        ("At first sight yes, but it says nothing of the price. No.", NO),
    ],
)
def test_the_last_word_of_a_check_counts(text, said):
    assert read_verdict(Completion(text)).text == said


@pytest.mark.parametrize("text", ["", "Perhaps.", "Nothing is known.", "1"])
def test_a_check_that_says_neither_is_no_check(text):
    assert not read_verdict(Completion(text)).usable


@given(st.text(max_size=300))
def test_no_text_breaks_a_reader(text):
    for read in (read_instruction, read_verdict):
        answer = read(Completion(text))
        assert answer.text or answer.fault
