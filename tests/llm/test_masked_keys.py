"""A key that the server repeats is masked in every spelling."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.llm.response import masked, read_json

SPELLINGS = [
    lambda char: char,
    lambda char: f"\\u{ord(char):04x}",
    lambda char: f"\\u{ord(char):04X}",
    lambda char: quote(char, safe=""),
    lambda char: f"%{ord(char):02X}",
    lambda char: "\\/" if char == "/" else char,
]


@given(st.data(), st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=60))
def test_a_key_is_masked_however_it_is_spelt(data: st.DataObject, key: str) -> None:
    spelt = "".join(data.draw(st.sampled_from(SPELLINGS))(char) for char in key)
    assert masked(f'{{"seen": "Bearer {spelt}."}}'.encode(), key) == b'{"seen": "Bearer [key]."}'


@pytest.mark.parametrize(
    "spell",
    [
        lambda key: "".join(f"\\u{ord(letter):04x}" for letter in key),
        lambda key: "".join(f"\\\\u{ord(letter):04X}" for letter in key),
        lambda key: key.replace("/", "\\/"),
        lambda key: key.replace("/", "%2F"),
        lambda key: key,
    ],
    ids=["escapes", "escapes within text", "a solidus", "a URL", "plain"],
)
def test_a_key_is_masked_however_its_letters_are_spelt(spell: Callable[[str], str]) -> None:
    key = "sk-very/secret+0123456789"
    body = f'{{"a": "before {spell(key)} after"}}'.encode()
    assert read_json(body, key) == {"a": "before [key] after"}


def test_a_word_in_the_place_of_a_key_is_not_masked() -> None:
    assert read_json(b'{"a": "none"}', "none") == {"a": "none"}
