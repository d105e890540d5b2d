"""When a version was verified is kept in the lake."""

from __future__ import annotations

from ownvoice.dataset.verified import read_verification, record_verification
from ownvoice.dataset.verify import Verification


def test_what_was_found_last_is_told(lake):
    assert read_verification(lake, 3) is None
    record_verification(lake, Verification(3, 10, {"p": "not verbatim"}, True, ()))
    record_verification(lake, Verification(3, 10, {}, True, ()))
    found = read_verification(lake, 3)
    assert (found["passed"], found["pairs"], found["failed"]) == (True, 10, 0)
