"""The place of a chosen answer in its article, and text made visible."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from ownvoice.reports.excerpt import excerpt, visible


@st.composite
def texts_with_spans(draw):
    content = draw(st.text(alphabet="ab \n", min_size=1, max_size=200))
    edges = sorted(draw(st.sets(st.integers(0, len(content)), min_size=2, max_size=6)) | {0, len(content)})
    edges = edges[: len(edges) // 2 * 2]
    return content, list(zip(edges[::2], edges[1::2], strict=True))


@given(texts_with_spans())
def test_the_quoted_parts_are_the_spans_of_the_original(found):
    content, spans = found
    quoted = [part.text for part in excerpt(content, spans, 10) if part.kind == "quoted"]
    assert quoted == [content[start:end] for start, end in spans]


@given(texts_with_spans())
def test_with_room_enough_an_excerpt_is_the_whole_article(found):
    content, spans = found
    parts = list(excerpt(content, spans, 10_000))
    assert "".join(part.text for part in parts) == content
    assert all(part.kind != "gap" for part in parts)


def test_a_long_stretch_is_left_out_at_word_ends():
    content = "one two three four five six seven eight nine ten"
    start = content.index("five")
    parts = list(excerpt(content, [(start, start + 4)], 8))
    assert [part.kind for part in parts] == ["around", "gap", "around", "quoted", "around", "gap", "around"]
    assert "".join(part.text or "…" for part in parts if part.text or part.kind == "gap") == "…four five six…"


def test_what_would_hide_or_turn_text_round_is_spelled_out_and_typography_stays():
    assert visible("a\x00b\x1b[2J\u202egpj.exe\u2028\ufeff") == "a\\u0000b\\u001b[2J\\u202egpj.exe\\u2028\\ufeff"
    kept = "“Don’t”\u00a0— so\tshe\nsaid… می\u200cخواهم \U0001f468\u200d\U0001f469 שלום"
    assert visible(kept) == kept


@given(st.text())
def test_no_control_or_direction_character_is_left(text):
    shown = visible(text)
    assert not any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\t\n\r" for c in shown)
    assert not any(
        unicodedata.bidirectional(c) in ("RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI", "FSI") for c in shown
    )
