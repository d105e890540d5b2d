from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.llm.repetition import is_endless


@pytest.mark.parametrize("text", [" ", "\n\n\t", "{" + "\n" * 100, '{"a": [' + "  \n" * 50])
def test_blanks_up_to_the_cut_are_endless(text: str) -> None:
    assert is_endless(text)


@given(st.text(max_size=50), st.text(min_size=1, max_size=200), st.integers(0, 199))
def test_a_text_that_ends_in_a_loop_is_endless_wherever_it_is_cut(before: str, repeated: str, cut: int) -> None:
    looped = before + repeated * (12 + 110 // len(repeated))
    assert is_endless(looped[: len(looped) - cut % len(repeated)])


@pytest.mark.parametrize(
    "text",
    ["", "It is so.", "no, no, no, no", '{"a": "' + "ha" * 40, "It is so.\n" * 3, " ".join(map(str, range(500)))],
)
def test_a_text_that_goes_on_is_not(text: str) -> None:
    assert not is_endless(text)
