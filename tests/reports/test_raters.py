"""People and judges in one table, by the same measures."""

from __future__ import annotations

import pytest

from ownvoice.evaluation.agreement.estimate import Estimate, wilson
from ownvoice.evaluation.agreement.position import position_bias
from ownvoice.evaluation.judges.qualification.record import Measures
from ownvoice.reports.raters import Known, Rater, RaterTable, rater_table
from ownvoice.reviewing.raters import reviewed
from stand_ins.judgements import a_judge, a_qualification, comparison, ratings
from stand_ins.review_rounds import answer, item

FIRST, SECOND, GRADER, VOICE = (
    a_judge("first"),
    a_judge("second", family="llama"),
    a_judge("grader", prompt="absolute"),
    a_judge("ear", prompt="voice"),
)
PAIRS = [f"p{place}" for place in range(8)]
PEOPLE = "ccccrrtt"  # what Ann says of them: chosen, rejected, tie


def given(**said):
    """Return what reviewers said of the pairs, a letter each: c(hosen), r(ejected), t(ie), b(oth bad), "." for none."""
    sample = [item(pair_id, pair_id=pair_id) for pair_id in PAIRS]
    choice = {"c": "left", "r": "right", "t": "tie", "b": "both_bad"}
    answers = [
        answer(pair_id, choice[letter], name)
        for name, letters in said.items()
        for pair_id, letter in zip(PAIRS, letters, strict=True)
        if letter != "."
    ]
    return reviewed(sample, answers)


def judged(judge, letters, **fields):
    said = {"c": "fs", "r": "sf", "t": "ff"}
    return [
        row for pair, one in zip(PAIRS, letters, strict=True) for row in comparison(judge, pair, said[one], **fields)
    ]


def table_of(judgements=(), qualifications=(), panel=(), people=()) -> RaterTable:
    known = [Known(one.judge, one, " ".join(one.reasons)) for one in qualifications]
    return rater_table(list(judgements), [*known, *(Known(one, None, "Qualify it.") for one in panel)], list(people))


def row_of(table: RaterTable, name: str) -> Rater:
    return next(one for one in table.raters if one.name == name)


def test_an_empty_lake_has_an_empty_table():
    assert table_of() == RaterTable()


def test_a_judge_that_says_what_people_say_agrees_with_them_fully():
    found = row_of(table_of(judged(FIRST, PEOPLE), people=given(ann=PEOPLE)), "first")
    assert found.with_people is not None
    assert (found.with_people.value, found.with_people.n) == (1.0, 8)
    assert found.items == 8


def test_an_absolute_judge_stands_beside_a_pairwise_one_by_its_higher_rating():
    grades = {"c": (5, 2), "r": (1, 4), "t": (3, 3)}
    rows = [row for pair, one in zip(PAIRS, PEOPLE, strict=True) for row in ratings(GRADER, pair, *grades[one])]
    table = table_of([*judged(FIRST, PEOPLE), *rows], [a_qualification(FIRST)], people=given(ann=PEOPLE))
    grader = row_of(table, "grader")
    assert grader.with_people == row_of(table, "first").with_people
    assert grader.with_judges is not None
    assert grader.with_judges.value == 1.0
    assert grader.position is None


def test_both_bad_is_a_value_among_people_and_a_tie_beside_judges():
    table = table_of(judged(FIRST, "ccccrrtt"), people=given(ann="ccccrrbb", ben="ccccrrtt"))
    assert row_of(table, "first").with_people == Estimate(1.0, pytest.approx(0.15, abs=0.5), 1.0, 8)
    assert table.among_people is not None
    assert table.among_people.value < 1


def test_judges_are_compared_with_those_that_count_and_never_with_themselves():
    rows = [*judged(FIRST, PEOPLE), *judged(SECOND, "rrrrcctt")]
    alone = table_of(rows, [a_qualification(FIRST), a_qualification(SECOND, "position")])
    assert row_of(alone, "first").with_judges is None
    second = row_of(alone, "second").with_judges
    assert second is not None
    assert second.value < 0
    both = table_of(rows, [a_qualification(FIRST), a_qualification(SECOND)])
    assert row_of(both, "first").with_judges == second
    assert both.among_judges["quality"] is not None
    assert alone.among_judges["quality"] is None


def test_voice_is_never_compared_with_quality():
    rows = [*judged(FIRST, PEOPLE), *judged(VOICE, PEOPLE)]
    table = table_of(rows, [a_qualification(FIRST), a_qualification(VOICE)], people=given(ann=PEOPLE))
    ear = row_of(table, "ear")
    assert (ear.question, ear.with_people, ear.with_judges, ear.chosen_won_by_people) == ("voice", None, None, None)
    assert ear.chosen_won == wilson(4, 6)


def test_a_reviewer_is_compared_with_the_other_reviewers_and_with_the_judges():
    table = table_of(judged(FIRST, PEOPLE), [a_qualification(FIRST)], people=given(ann=PEOPLE, ben="cccc...."))
    ann = row_of(table, "ann")
    assert ann.kind == "person"
    assert ann.with_judges is not None
    assert (ann.with_judges.value, ann.with_judges.n) == (1.0, 8)
    assert ann.with_people is None  # on what both decided there is one value alone
    assert row_of(table, "ben").items == 4


def test_what_was_measured_on_controls_stands_in_the_row_with_what_became_of_the_judge():
    measures = Measures(position=position_bias(30, 10, 100), gold=wilson(45, 50), repeats=wilson(49, 50))
    table = table_of(judged(FIRST, PEOPLE), [a_qualification(FIRST, "position", measures=measures)])
    found = row_of(table, "first")
    assert (found.position, found.gold, found.with_itself) == (measures.position, measures.gold, measures.repeats)
    assert (found.standing, found.reasons) == ("excluded", ("It broke the rule position.",))


def test_without_a_qualification_a_judge_is_measured_on_the_pairs_and_called_not_qualified():
    found = row_of(table_of([*judged(FIRST, PEOPLE), *judged(FIRST, "rccrrrtt", repeat=2)]), "first")
    assert found.standing == "not qualified"
    assert found.position == position_bias(2, 0, 8)
    assert found.with_itself == wilson(6, 8)


def test_a_judge_of_the_settings_that_has_judged_nothing_is_there():
    [found] = table_of(panel=[FIRST]).raters
    assert (found.items, found.usd_a_hundred, found.chosen_won) == (0, None, None)
    assert (found.standing, found.reasons) == ("not qualified", ("Qualify it.",))


def test_a_judge_whose_endpoint_answers_with_another_model_now_does_not_count():
    changed = Known(FIRST, a_qualification(FIRST), "Another model answers now.")
    found = row_of(rater_table(judged(FIRST, PEOPLE), [changed], []), "first")
    assert (found.standing, found.reasons) == ("another model answers", ("Another model answers now.",))


def test_a_hundred_pairs_cost_what_was_paid_for_them_and_nothing_is_said_without_a_price():
    assert row_of(table_of(judged(FIRST, PEOPLE)), "first").usd_a_hundred == pytest.approx(2.0)
    rows = judged(FIRST, PEOPLE)
    rows[0]["cost_usd"] = None
    assert row_of(table_of(rows), "first").usd_a_hundred is None


def test_a_judge_that_was_renamed_is_one_row_under_its_name_of_today():
    renamed = FIRST.model_copy(update={"name": "today"})
    [found] = table_of(judged(FIRST, PEOPLE), panel=[renamed]).raters
    assert (found.name, found.items) == ("today", 8)
