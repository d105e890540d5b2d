"""Which pairs judges disagree about: by verdicts of those that count, whichever side an answer is on."""

from __future__ import annotations

import pytest

from ownvoice.evaluation.judges.qualification.stored import write_qualification
from ownvoice.evaluation.judges.table import record_judgements
from ownvoice.reviewing.disputed import disputed_pairs
from stand_ins.judgements import a_judge, a_qualification, comparison, ratings

ONE, OTHER, EXCLUDED, UNKNOWN = (a_judge(name) for name in ("one", "other", "excluded", "unknown"))
PANEL = [ONE, OTHER, EXCLUDED, UNKNOWN]
TURNED = {"item_id": "turned", "left_source": "rejected", "right_source": "chosen"}
CHOSEN, REJECTED, FLIPPED, TIE = "fs", "sf", "ff", "tt"  # of a pair with the chosen answer on the left


@pytest.fixture
def judged(lake):
    for judge in (ONE, OTHER):
        write_qualification(lake, a_qualification(judge))
    write_qualification(lake, a_qualification(EXCLUDED, "position"))
    return lake


@pytest.mark.parametrize(
    ("rows", "disputed"),
    [
        (comparison(ONE, "p", CHOSEN) + comparison(OTHER, "p", CHOSEN), False),
        (comparison(ONE, "p", CHOSEN) + comparison(OTHER, "p", REJECTED), True),
        (comparison(ONE, "p", CHOSEN) + comparison(OTHER, "p", REJECTED, **TURNED), False),
        (comparison(ONE, "p", CHOSEN) + comparison(OTHER, "p", TIE), False),
        (comparison(ONE, "p", FLIPPED), True),
        (comparison(ONE, "p", "f-"), False),
        (comparison(EXCLUDED, "p", FLIPPED) + comparison(UNKNOWN, "p", FLIPPED), False),
        (comparison(ONE, "p", FLIPPED, question="voice"), False),
        (comparison(ONE, "p", FLIPPED, is_control=True), False),
        (comparison(ONE, "p", FLIPPED, left_source="base"), False),
        (ratings(ONE, "p", 1, 5), False),
    ],
)
def test_a_pair_is_disputed_where_a_judge_that_counts_flips_or_two_prefer_different_answers(judged, rows, disputed):
    record_judgements(judged, rows)
    assert disputed_pairs(judged, PANEL) == ({"p"} if disputed else set())


def test_nothing_is_disputed_before_anything_is_judged_and_nothing_is_known_where_no_judge_counts(judged):
    assert disputed_pairs(judged, PANEL) == set()
    assert disputed_pairs(judged, [EXCLUDED, UNKNOWN]) is None
    assert disputed_pairs(judged, []) is None
