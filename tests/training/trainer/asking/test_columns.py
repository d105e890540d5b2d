"""Rows of a terminal from texts that grow at the same time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.training.trainer.asking.columns import Columns, fits_side_by_side

PROSE = st.text(st.sampled_from("abc äñ中あ\n\t e\u0301\x1b\u202e"), max_size=300)


def cells(text):
    return sum(0 if c == "\u0301" else 2 if c in "中あ" else 1 for c in text)


def all_rows(columns, pieces, count):
    rows = [row for index, piece in pieces for row in columns.add(index, piece)]
    return rows + [row for index in range(count) for row in columns.end(index)]


@pytest.mark.parametrize(("count", "width", "fits"), [(2, 100, True), (2, 99, False), (1, 80, True), (3, 120, False)])
def test_two_columns_need_a_hundred_cells(count, width, fits):
    assert fits_side_by_side(count, width) == fits


def test_rows_come_as_soon_as_both_texts_have_filled_them():
    columns = Columns(2, 25)  # of ten cells and one of eleven
    assert columns.add(0, "one two three four") == []
    assert columns.add(1, "uno due tre ") == ["one two    │ uno due   "]
    assert columns.row_in_progress() == "three four │ tre       "
    assert columns.end(0) == []
    assert columns.add(1, "quattro cinque") == ["three four │ tre       ", "           │ quattro   "]
    assert columns.end(1) == ["           │ cinque    "]


def test_a_heading_names_each_column_and_is_cut_where_it_is_too_long():
    assert list(Columns(2, 25).heading(["base", "trained: a-very-long-name"])) == [
        "base       │ trained: a",
        "───────────┼───────────",
    ]


@given(st.lists(st.tuples(st.integers(0, 1), PROSE), max_size=6), st.integers(12, 120))
def test_every_word_of_a_text_stands_in_its_column_once_and_no_row_is_too_wide(pieces, width):
    rows = all_rows(Columns(2, width), pieces, 2)
    assert all(cells(row) < width for row in rows)
    for index in (0, 1):
        shown = "".join(row.split(" │ ")[index] for row in rows)
        whole = "".join(piece for place, piece in pieces if place == index)
        visible = whole.replace("\x1b", "\\u001b").replace("\u202e", "\\u202e")
        assert "".join(shown.split()) == "".join(visible.split())


@given(PROSE, st.integers(1, 9), st.integers(12, 60))
def test_a_text_is_cut_into_lines_alike_in_whatever_pieces_it_comes(text, piece, width):
    pieces = [(0, text[at : at + piece]) for at in range(0, len(text), piece)]
    assert all_rows(Columns(1, width), pieces, 1) == all_rows(Columns(1, width), [(0, text)], 1)
