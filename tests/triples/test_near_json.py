from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.triples.json_text import objects
from ownvoice.triples.near_json import MAX_CHARS, as_json, unwrapped

# LaTeX and control characters have tests of their own (test_json_text.py, test_parse.py).
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\\"), max_size=40)
SPOILS_JSON = ["'", '"', "“", "”", ":", ",", "{", "}", "[", "]", " ", "a", "//", "/*", "True", "\n"]
QUOTED = st.lists(st.sampled_from(SPOILS_JSON), max_size=12).map("".join)


def read(text: str) -> list[Any]:
    return [found for found in objects(as_json(text)) if found is not None]


@given(st.dictionaries(TEXTS, TEXTS | st.booleans() | st.none() | st.integers(), min_size=1))
def test_a_python_literal_is_read_as_python_means_it_or_not_at_all(value: dict[str, Any]) -> None:
    assert value in read(repr(value)) or not any(set(value) & set(found) for found in read(repr(value)))


@given(st.dictionaries(TEXTS, TEXTS))
def test_proper_json_stays_what_it_is(value: dict[str, str]) -> None:
    written = json.dumps(value, ensure_ascii=False)
    assert read(written) == [value] or any(mark in written for mark in ('\\"', "“", "”", "'"))


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ('{"a": "He said "no" to it."}', 'He said "no" to it.'),
        ("{'a': 'It's so'}", "It's so"),
        ("{“a”: “It is “half” of it.”}", "It is “half” of it."),
        ("{a: 'So: it is'}", "So: it is"),
        ('{"a": "one" /* two */ }', "one"),
        ('{// one\n"a": "http://two"}', "http://two"),
        (r"""{'a': 'It\'s "so"'}""", 'It\'s "so"'),
        (r"{'a': '\xa0and \U0001f600 and \\xa0'}", "\xa0and 😀 and \\xa0"),
        (r"{'a': '\frac{1}{2}'}", r"\frac{1}{2}"),
    ],
)
def test_a_quote_ends_a_text_only_where_json_could_go_on(written: str, text: str) -> None:
    assert read(written) == [{"a": text}]


@given(QUOTED.filter(lambda text: not re.search(r'"\s*([:,}\]/]|$)', text)))
def test_bare_quotes_stay_in_a_text_where_json_could_not_go_on_after_them(text: str) -> None:
    assert read(f'{{"a": "{text}"}}') == [{"a": text}]


@pytest.mark.parametrize("text", ['"{\\"a\\": 1}"', '  "{\\"a\\": 1}"\n'])
def test_json_in_a_string_is_taken_out_of_it(text: str) -> None:
    assert unwrapped(text) == '{"a": 1}'


@pytest.mark.parametrize("text", ["", '"', '"a" and "b"', '{"a": 1}', "[" * 100_000, '"' + "[" * 100_000])
def test_any_other_text_is_left_as_it_is(text: str) -> None:
    assert unwrapped(text) == text


@pytest.mark.parametrize("hostile", ['{"', "{'\"“", "{" + "'a' " * 10, "{/*", '{"' + " " * 50, "{'\\", "{a :"])
def test_a_text_of_quotes_is_read_once(hostile: str) -> None:
    text = hostile * (MAX_CHARS // len(hostile))
    assert isinstance(as_json(text), str)
