"""Where a quote may begin and end."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.pairs.reading import Reading


def parts(text):
    """Cut a text at every edge."""
    reading = Reading.of(text)
    edges = [offset for offset in range(len(reading.folded.text) + 1) if reading.is_edge(offset)]
    return [reading.folded.text[start:end] for start, end in pairwise(edges)]


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("don’t go", "don't"),
        ("non-trivial", "non-trivial"),
        ("3.5 of 1,000", "1,000"),
        ("צה״ל", 'צה"ל'),
        ("cafe\u0301s", "cafe\u0301s"),
        ("\u2764\ufe0f ok", "\u2764\ufe0f"),
        ("मैं जाता हूँ।", "हूँ"),
        ("नमस्ते", "नमस्ते"),
        ("fiance\u0301-to-be", "fiance\u0301-to-be"),
        ("夜になる。", "夜になる"),
    ],
)
def test_a_word_a_number_and_a_composed_character_have_no_edge_inside(text, whole):
    assert whole in parts(text)


@given(st.text(alphabet="aA1 .’-é\u0301。“\n", max_size=30), st.text(alphabet="aA1 .'é。", max_size=3))
def test_every_edge_at_which_a_needle_begins_is_found(text, needle):
    reading = Reading.of(text)
    folded = reading.folded.text
    expected = [at for at in range(len(folded)) if needle and folded.startswith(needle, at) and reading.is_edge(at)]
    assert list(reading.begins_of(needle)) == expected


@given(st.text(alphabet="a é\u0301.\n", max_size=30))
def test_an_edge_of_the_source_is_one_of_the_folded_text(text):
    reading = Reading.of(text)
    for position in range(len(text) + 1):
        edge = reading.edge_at(position)
        assert edge is None or (reading.is_edge(edge) and reading.folded.origins[edge] == position)
