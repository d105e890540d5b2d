"""The table of raters fits a terminal and leaves blank what is not known."""

from __future__ import annotations

from ownvoice.evaluation.agreement.estimate import Estimate, wilson
from ownvoice.evaluation.agreement.position import position_bias
from ownvoice.reports.raters import Rater, RaterTable
from ownvoice.reports.text.raters import among, rater_lines
from ownvoice.terminal import WIDTH_CHARS

FULL = Rater(
    "judge", "a" * 64, "quality", 12_345, Estimate(-0.123, -0.456, -0.789, 100), wilson(1, 3), wilson(9, 9),
    position_bias(1, 99, 100), wilson(1, 50), wilson(5, 9), wilson(5, 9), "0123456789ab", "f" * 64, "pairwise_few_shot",
    "excluded", ("It favours the answer shown second, and this sentence is as long as such a sentence gets.",), 12.5,
)  # fmt: skip
BLANK = Rater("person", "\u202eann", "quality", 0, None, None, None, None, None, None)


def test_every_figure_fits_beside_every_other():
    lines = list(rater_lines(RaterTable((FULL, BLANK))))
    assert max(map(len, lines)) <= WIDTH_CHARS
    assert "-0.12 [-0.46, -0.79]" in lines[1] and "-0.98 [-1.00, -0.94]" in lines[1]
    assert any("$12.50 a hundred pairs" in line for line in lines)
    assert not any("\u202e" in line for line in lines)


def test_what_is_not_known_is_a_dash_and_no_number():
    row = next(line for line in rater_lines(RaterTable((BLANK,))) if "ann" in line)
    assert row.split()[1:] == ["0", "–", "–", "–", "–"]


def test_people_who_never_met_on_a_pair_are_told_what_it_takes():
    assert list(among(RaterTable((BLANK,), pairs_by_people=3))) == [
        "Among people nothing is measured: two have to decide the same pairs, and not all alike."
    ]
    assert list(among(RaterTable((FULL,)))) == []


def test_alpha_stands_with_its_interval_and_the_pairs_behind_it():
    [people, judges] = among(
        RaterTable((FULL,), 9, Estimate(0.5, 0.2, 0.8, 7), {"quality": Estimate(0.4, 0.1, 0.7, 9)})
    )
    assert people == "Among people, on 7 pairs that two decided: alpha 0.50 [0.20, 0.80]."
    assert judges == "Among the judges of quality that count, on 9 pairs: alpha 0.40 [0.10, 0.70]."
