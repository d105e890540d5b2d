"""A long table is cut into result pages that together hold each row once."""

from __future__ import annotations

from ownvoice.pages.paging import ResultPage


def test_every_row_is_on_one_result_page():
    rows = list(range(101))
    last = ResultPage(1, len(rows), 50).last_number
    assert last == 3
    assert [row for number in range(1, last + 1) for row in ResultPage(number, len(rows), 50).cut(rows)] == rows


def test_a_full_last_result_page_is_the_last():
    assert ResultPage(1, 100, 50).last_number == 2


def test_an_empty_table_has_one_empty_result_page_and_none_lies_behind_the_last():
    assert (ResultPage(1, 0, 50).last_number, ResultPage(1, 0, 50).cut([])) == (1, [])
    assert ResultPage(9, 10, 50).cut(list(range(10))) == []
