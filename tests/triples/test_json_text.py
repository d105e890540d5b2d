from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.triples.json_text import MAX_CHARS, objects


def only(text: str) -> Any:
    (found,) = objects(text)
    assert found is not None
    return found["a"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"\frac{a}{b}", r"\frac{a}{b}"),
        (r"\beta \times \rho", r"\beta \times \rho"),
        (r"\theta, \text{if}, \tau", r"\theta, \text{if}, \tau"),
        (r"\alpha and \(x\)", r"\alpha and \(x\)"),
        (r"\upsilon", r"\upsilon"),
        (r"\nabla f \neq 0", r"\nabla f \neq 0"),
        (r"$\nu$", r"$\nu$"),
        (r"\mu and \nu", r"\mu and \nu"),
        (r"100\% of a\_b", r"100\% of a\_b"),
        (r"$\flat$ and \sigma \between", r"$\flat$ and \sigma \between"),
        (r"a\bd\fe", "a\bd\fe"),
        (r"don\'t", "don't"),
        (r"one\nand two", "one\nand two"),
        (r"one\nu i ne", "one\nu i ne"),
        (r"a\tb", "a\tb"),
        (r"a\r\nb", "a\r\nb"),
        (r"\\frac \\nu \"x\" \/", r"\frac \nu " + '"x" /'),
        ("\\u00e9\\ud83d\\ude00", "é😀"),
    ],
)
def test_a_backslash_is_an_escape_or_a_command_as_the_model_meant_it(written: str, read: str) -> None:
    assert only(f'{{"a": "{written}"}}') == read


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\b\f\r\t")))
def test_proper_json_is_read_as_it_is(text: str) -> None:
    written = json.dumps({"a": text, "b": [1, {"c": None}]})
    if "\\n" not in written:
        assert list(objects(written)) == [json.loads(written)]


@pytest.mark.parametrize(
    "hostile",
    ["{" * MAX_CHARS, '{"a":' * 200_000, '{"' + '\\"' * 400_000, '{"a":[' * 100_000, '{"a{' * 200_000, "{}" * 400_000],
    ids=["braces", "objects", "an unclosed string", "arrays", "strings", "empty objects"],
)
def test_no_text_takes_longer_than_its_length_allows(hostile: str) -> None:
    assert sum(found is None for found in objects(hostile)) <= 100


def test_what_stands_beyond_the_bound_is_not_read() -> None:
    assert list(objects(" " * MAX_CHARS + "{}")) == []
