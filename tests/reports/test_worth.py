"""What the data of a night is worth, from counts alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.reports.worth import THIN_SHARE, worth


@pytest.mark.parametrize(
    ("triples", "kept", "audits_warning", "found"),
    [
        (0, 0, 0, "nothing_new"),
        (0, 0, 5, "nothing_new"),
        (28, 0, 0, "worthless"),
        (1, 0, 0, "worthless"),
        (28, 1, 0, "thin"),
        (28, 6, 3, "thin"),
        (28, 7, 0, "usable"),
        (28, 7, 1, "doubtful"),
        (28, 28, 0, "usable"),
    ],
)
def test_each_count_of_triples_has_its_worth(triples, kept, audits_warning, found):
    assert worth(triples, kept, audits_warning) == found


@given(st.integers(1, 10_000), st.data(), st.integers(0, 10))
def test_no_triple_more_that_is_kept_makes_a_night_worth_less(triples, data, audits_warning):
    order = ["worthless", "thin", "doubtful", "usable"]
    kept = data.draw(st.integers(0, triples - 1))
    now, more = (order.index(worth(triples, one, audits_warning)) for one in (kept, kept + 1))
    assert more >= now
    assert (kept / triples < THIN_SHARE) == (now < order.index("doubtful"))
