from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.llm.repetition import is_endless
from stand_ins.places import SAMPLES


@pytest.mark.parametrize("text", [" ", "\n\n\t", "{" + "\n" * 100, '{"a": [' + "  \n" * 50])
def test_blanks_up_to_the_cut_are_endless(text: str) -> None:
    assert is_endless(text)


@given(st.text(max_size=50), st.text(min_size=1, max_size=200), st.integers(0, 199))
def test_a_text_that_ends_in_a_loop_is_endless_wherever_it_is_cut(before: str, repeated: str, cut: int) -> None:
    looped = before + repeated * (12 + 110 // len(repeated))
    assert is_endless(looped[: len(looped) - cut % len(repeated)])


@given(st.lists(st.sampled_from(["answer", "response"]), min_size=50, max_size=60))
def test_a_loop_that_changes_a_word_now_and_then_is_endless(words: list[str]) -> None:
    lines = (f'      "type": "Question",\n      "{word}": "The fridge is a queue.",\n' for word in words)
    assert is_endless('{"preference_triples": [' + "".join(lines))


def test_many_short_entries_are_no_loop() -> None:
    entries = [{"instruction": f"What is {n}?", "extracted_answer": f"It is {n * 7919 % 1000}."} for n in range(100)]
    assert not is_endless(json.dumps(entries, indent=4)[:-20])


@pytest.mark.parametrize("article", sorted(SAMPLES.rglob("*.md")), ids=lambda path: path.stem)
def test_no_article_is_a_loop(article: Path) -> None:
    assert not is_endless(article.read_text())


@pytest.mark.parametrize(
    "text",
    ["", "It is so.", "no, no, no, no", '{"a": "' + "ha" * 40, "It is so.\n" * 3, " ".join(map(str, range(500)))],
)
def test_a_text_that_goes_on_is_not(text: str) -> None:
    assert not is_endless(text)
