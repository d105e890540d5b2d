"""The pictures of judges and people hold what the table holds."""

from __future__ import annotations

from ownvoice.evaluation.agreement.position import position_bias
from ownvoice.reports.charts.raters import agreement_chart, position_chart
from ownvoice.reports.raters import Rater, RaterTable


def rater(name, first, kind="judge", **fields):
    blank = dict.fromkeys(("with_people", "with_judges", "with_itself", "gold", "chosen_won"))
    values = {"question": "quality", "items": 100, "position": position_bias(first, 0, 100), **blank}
    return Rater(kind=kind, name=name, **values | fields)


def drawn(spec):
    """Return the rows of the points of a chart."""
    return spec["layer"][1]["data"]["values"]


def test_a_rater_is_a_point_with_its_interval_over_the_band_of_a_judge_that_counts():
    spec = position_chart(RaterTable((rater("strict", 20), rater("ann", 5, "person"))))
    assert spec["layer"][0]["data"]["values"] == [{"low": -0.1, "high": 0.1}]
    bias = position_bias(20, 0, 100)
    assert drawn(spec)[0] == {
        "rater": "strict", "kind": "judge", "value": bias.value, "low": bias.low, "high": bias.high, "pairs": 100,
    }  # fmt: skip


def test_what_nobody_has_measured_is_no_picture():
    assert position_chart(RaterTable((rater("new", 0, position=None),))) is None
    assert agreement_chart(RaterTable((rater("alone", 20),))) is None
    assert position_chart(RaterTable()) is None


def test_of_a_thousand_those_furthest_from_fair_are_drawn():
    spec = position_chart(RaterTable(tuple(rater(f"judge-{number}", number % 100) for number in range(1000))))
    assert len(drawn(spec)) == 40
    assert min(row["value"] for row in drawn(spec)) > 0.9


def test_raters_of_one_name_are_told_apart():
    table = RaterTable((rater("ann", 20, judge_id="0123456789ab"), rater("ann", 5, "person")))
    assert [row["rater"] for row in drawn(position_chart(table))] == ["ann (0123456789ab)", "ann (person)"]
