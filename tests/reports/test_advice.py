"""Every fault and drop reason that has a name has words."""

from __future__ import annotations

from ownvoice.llm.completion import Fault
from ownvoice.llm.failures import Failure
from ownvoice.reports.advice import ADVICE, advice_on, commonest


def test_none_is_forgotten():
    assert {*Failure, *Fault} == set(ADVICE)


def test_a_name_of_another_version_is_no_error():
    assert "does not know" in advice_on("new_in_2030").meaning


def test_the_commonest_come_first_and_what_never_happened_is_left_out():
    found = commonest({"empty": 1, "bad_json": 5, "refused": 0, "truncated": 3})
    assert [(name, count) for name, count, _ in found] == [("bad_json", 5), ("truncated", 3), ("empty", 1)]
