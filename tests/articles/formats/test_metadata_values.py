"""The values of metadata, and what a parser may make of its text."""

from __future__ import annotations

import pytest

from ownvoice.articles.formats.metadata_values import MAX_DEPTH, MAX_METADATA_BYTES, MAX_VALUES, load_metadata


@pytest.mark.parametrize(
    ("language", "text", "values"),
    [
        ("yaml", "a: 010\nb: 12:30\nc: on\nd: ~\ne: 'null'\nf:", ["010", "12:30", "on", None, "null", None]),
        ("toml", "a = 7\nb = 1.50\nc = true\nd = 2026-03-01\ne = 0x10", ["7", "1.50", True, "2026-03-01", "16"]),
        ("json", '{"a": 7.0, "b": 1e3, "c": null, "d": false, "e": NaN}', ["7.0", "1e3", None, False, "NaN"]),
    ],
)
def test_plain_values_are_what_was_typed(language, text, values):
    assert list(load_metadata(text, language).values()) == values


def test_of_a_name_that_stands_twice_no_value_is_lost():
    assert load_metadata("a: x\na: y\nb: z\nb: z", "yaml") == {"a": ["x", "y"], "b": "z"}
    assert load_metadata('{"a": 1, "b": {"c": 2, "c": 3}, "a": 4}', "json") == {"a": ["1", "4"], "b": {"c": ["2", "3"]}}


def test_a_merged_value_gives_way_to_ones_own():
    assert load_metadata("base: &b {a: x, c: y}\na: z\n<<: *b", "yaml") == {
        "base": {"a": "x", "c": "y"},
        "a": "z",
        "c": "y",
    }


ALIASES = "\n".join(["l0: &l0 [x]"] + [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 9)])
MERGES = "\n".join(
    ["l0: &l0 {a: x}"] + [f"l{n}: &l{n} {{<<: [{', '.join([f'*l{n - 1}'] * 9)}], k{n}: x}}" for n in range(1, 9)]
)
MANY = f"more than {MAX_VALUES:,} values, counting each use of an alias"
DEEP = f"nested more than {MAX_DEPTH} deep"
LARGE = f"larger than {MAX_METADATA_BYTES:,} bytes"


@pytest.mark.parametrize(
    ("language", "text", "bound"),
    [
        ("yaml", ALIASES, MANY),
        ("yaml", MERGES, MANY),
        ("yaml", "a: [" + "x,\n" * 20_000 + "]", MANY),
        ("yaml", "a: &a [*a]", DEEP),
        ("yaml", "a: &a\n  <<: *a", DEEP),
        ("yaml", "a: " + "{" * 60_000, DEEP),
        ("yaml", "- " * 30_000, DEEP),
        ("yaml", "a: " + "x" * MAX_METADATA_BYTES, LARGE),
        ("yaml", "a: " + "ü" * (MAX_METADATA_BYTES // 2), LARGE),
        ("toml", "a = " + "[" * 60_000, DEEP),
        ("toml", "a = " + "[" * 30 + "]" * 30, DEEP),
        ("toml", "a." * 30_000 + "a = 1", DEEP),
        ("toml", '"a" . ' * 9_000 + "a = 1", DEEP),
        ("toml", "a = [" + "1," * 20_000 + "]", MANY),
        ("toml", "#" * (MAX_METADATA_BYTES + 1), LARGE),
        ("json", '{"a": ' + "[" * 60_000, DEEP),
        ("json", '{"a": ' + "[" * 30 + "]" * 30 + "}", DEEP),
        ("json", '{"a": [' + "1," * 20_000 + "1]}", MANY),
        ("json", " " * (MAX_METADATA_BYTES + 1), LARGE),
    ],
)
def test_every_bound_is_said(language, text, bound):
    with pytest.raises(ValueError, match=bound):
        load_metadata(text, language)
