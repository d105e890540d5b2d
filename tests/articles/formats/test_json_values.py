"""JSON as it was typed, within bounds."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.articles.article import UnreadableError
from ownvoice.articles.formats import json_values
from ownvoice.articles.formats.json_values import load_json
from ownvoice.articles.formats.opened import Numeral

_TEXT = st.text('a"\\[,{:', max_size=5)
_VALUES = st.recursive(
    st.none() | st.integers() | _TEXT, lambda inner: st.lists(inner) | st.dictionaries(_TEXT, inner), max_leaves=30
)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        *(("7", "7"), ("7.0", "7"), ("-7.000", "-7"), ("7.5", "7.5"), ("7.50", "7.50"), ("1e3", "1e3")),
        *(("1.0e3", "1.0e3"), ("9007199254740993", "9007199254740993"), ("9" * 5000, "9" * 5000)),
    ],
)
def test_a_number_keeps_its_spelling_and_a_whole_one_has_no_point(typed, name):
    assert load_json(typed) == name
    assert isinstance(load_json(typed), Numeral)


def test_not_a_number_is_an_empty_cell():
    assert load_json('{"id": NaN}') == {"id": None}


def test_of_a_name_that_stands_several_times_no_value_is_lost():
    assert load_json('{"a": 1, "b": 2, "a": 3, "b": 2, "a": null}') == {"a": ["1", "3", None], "b": "2"}


def marks_in(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + marks_in(list(value.values()))
    return max(len(value), 1) + sum(map(marks_in, value)) if isinstance(value, list) else 0


@given(_VALUES)
def test_marks_are_counted_outside_of_strings_alone(value):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(json_values, "MAX_VALUES", marks_in(value))
        assert load_json(json.dumps(value)) == load_json(json.dumps(value, indent=1))


def test_more_values_than_are_read_are_refused_before_they_are_made(monkeypatch):
    monkeypatch.setattr(json_values, "MAX_VALUES", 10)
    assert load_json(json.dumps({"a": "[,:{" * 100, 'q"\\': ["\\", '"']}))
    with pytest.raises(UnreadableError, match="more than 10 values"):
        load_json(json.dumps({"a": list(range(10))}))


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "[" * 5_000 + "]" * 5_000])
def test_what_is_nested_too_deep_says_so(text):
    with pytest.raises(UnreadableError, match="nested too deep"):
        load_json(text)
