"""The table of all that is imported: each row once, all of an import or none of it."""

from __future__ import annotations

import datetime as dt
from threading import Thread

import pytest

from ownvoice.imports.table import read_imported, record_imported, row_id, withdraw_imported
from ownvoice.storage.rows import ImportedRow, Message
from stand_ins.imported import imported_row

PROMPT: list[Message] = [{"role": "user", "content": "What is bread?"}]


def test_an_id_is_of_the_words_alone_and_no_two_ways_of_cutting_them_share_one():
    assert row_id("a", PROMPT, "yes", "no") == row_id("a", [*PROMPT], "yes", "no")
    others = [
        row_id("b", PROMPT, "yes", "no"),
        row_id("a", PROMPT, "no", "yes"),
        row_id("a", PROMPT, "yes", None),
        row_id("a", PROMPT, None, "yes"),
        row_id("a", [], "yes", "no"),
        row_id("a", [{"role": "system", "content": "What is bread?"}], "yes", "no"),
    ]
    assert len({*others, row_id("a", PROMPT, "yes", "no")}) == len(others) + 1


def test_rows_come_back_as_they_were_written_nulls_and_turns_included(lake):
    rows = [imported_row("a", "one"), imported_row("feedback", "two", rejected=None, person="p", author_id="ada")]
    assert record_imported(lake, rows) == 2
    assert sorted(read_imported(lake), key=lambda row: row["set"]) == rows
    assert next(read_imported(lake, sets=["a"]))["imported_at"].tzinfo is not None


def test_what_is_recorded_again_adds_nothing_and_stays_as_it_was_first_written(lake):
    first = imported_row("a", "one")
    again: ImportedRow = {**first, "revision": "later", "imported_at": dt.datetime(2027, 1, 1, tzinfo=dt.UTC)}
    assert record_imported(lake, [first, again]) == 1
    assert record_imported(lake, [again]) == 0
    assert list(read_imported(lake)) == [first]
    assert lake.table("imported").version() == 1


def test_rows_are_found_by_set_by_id_and_at_an_earlier_version(lake):
    rows = [imported_row("a", "one"), imported_row("a", "two"), imported_row("b", "one")]
    record_imported(lake, rows[:2])
    record_imported(lake, rows[2:])
    assert [row["set"] for row in read_imported(lake, sets=["b", "c"])] == ["b"]
    assert list(read_imported(lake, sets=["a"], ids=[rows[1]["row_id"], rows[2]["row_id"]])) == [rows[1]]
    assert len(list(read_imported(lake, version=1))) == 2
    assert list(read_imported(lake, ids=[])) == list(read_imported(lake, sets=[])) == []


def test_withdrawn_rows_are_gone_the_others_stay_and_doing_it_again_changes_nothing(lake):
    rows = [imported_row("a", "one"), imported_row("a", "two")]
    record_imported(lake, rows)
    assert withdraw_imported(lake, [rows[0]["row_id"], "of no row"]) == 1
    assert withdraw_imported(lake, [rows[0]["row_id"]]) == 0
    assert list(read_imported(lake)) == rows[1:]


def test_an_import_that_fails_half_way_leaves_nothing(lake):
    def rows():
        yield from (imported_row("a", str(number)) for number in range(1500))
        raise ValueError("the file ends here")

    with pytest.raises(ValueError, match="ends here"):
        record_imported(lake, rows())
    assert list(read_imported(lake)) == []


def test_two_writers_at_one_time_write_each_row_once(lake):
    rows = [imported_row("a", str(number)) for number in range(20)]
    writers = [Thread(target=record_imported, args=(lake, some)) for some in (rows[:15], rows[5:])]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert sorted(row["row_id"] for row in read_imported(lake)) == sorted(row["row_id"] for row in rows)
