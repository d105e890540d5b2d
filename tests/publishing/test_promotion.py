"""The rule of promotion at its bounds: all of it has to hold, and what was not measured does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ownvoice.evaluation.style_report import AUTHOR, TRAINED, Copying, StyleReport, SubjectStyle
from ownvoice.publishing.promotion import Compared, Outcome, Rival, checks_of, outcome_lines
from ownvoice.publishing.promotion_section import promotion_section
from ownvoice.style.bootstrap import Interval
from ownvoice.style.description import describe

CHAMPION = Rival(run_id="run-1", move=3)


def subject(name, copied, median_words):
    copying = None if copied is None else Copying(share=copied, longest_run_words=9)
    described = replace(describe([]), texts=100, median_words=median_words)
    return SubjectStyle(name=name, answers=100, copying=copying, description=described)


def judged(low=0.1, copied=0.05, floor=0.1, words=100.0, author_words=100.0, quality=None, rival=CHAMPION):
    own = None if floor is None else Copying(share=floor, longest_run_words=9)
    subjects = (subject(TRAINED, copied, words), subject(AUTHOR, 0.0, author_words))
    report = StyleReport(dataset_version=1, author_id="ann", judged=True, subjects=subjects, copying_floor=own)
    difference = Interval(mean=low + 0.2, low=low, high=low + 0.4)
    compared = Compared(measure="style_score", difference=difference, prompts=100, articles=12)
    checks = checks_of(report, compared, rival, quality)
    outcome = Outcome(
        run_id="run-2", repo_id="ann/voice", measure="style_score", rival=rival, compared=compared, checks=checks
    )
    assert Outcome.model_validate_json(outcome.model_dump_json()) == outcome
    return outcome


def failed(outcome):
    return [check.name for check in outcome.checks if not check.holds]


def test_what_is_better_and_copies_no_more_and_is_as_long_is_promoted():
    outcome = judged()
    assert outcome.is_promoted
    assert outcome.verdict == "promoted"
    assert "style_score is +0.300 [+0.100, +0.500] against the champion, run run-1" in outcome.reasons[0]


@pytest.mark.parametrize("low", [0.0, -0.1])
def test_an_interval_that_touches_zero_promotes_nothing(low):
    outcome = judged(low=low)
    assert failed(outcome) == ["style_score"]
    assert outcome.verdict == "not promoted"
    assert len(outcome.reasons) == 1


@pytest.mark.parametrize(("copied", "holds"), [(0.15, True), (0.151, False), (None, False)])
def test_it_may_copy_five_points_more_than_the_author(copied, holds):
    assert judged(copied=copied).is_promoted is holds


def test_copying_without_the_authors_floor_was_not_measured():
    outcome = judged(floor=None)
    assert failed(outcome) == ["copying"]
    assert "not measured" in outcome.reasons[0]


@pytest.mark.parametrize(
    ("words", "holds"), [(66, False), (67, True), (100, True), (150, True), (151, False), (0, False)]
)
def test_its_median_answer_is_two_thirds_to_three_halves_as_long_as_the_authors(words, holds):
    outcome = judged(words=words)
    assert failed(outcome) == ([] if holds else ["length"])


@pytest.mark.parametrize(("words", "author_words"), [(100, 0), (100, None), (None, 100)])
def test_without_words_there_is_no_length_to_judge_by(words, author_words):
    assert failed(judged(words=words, author_words=author_words)) == ["length"]


@pytest.mark.parametrize(("low", "holds"), [(0.45, True), (0.449, False)])
def test_judges_may_find_it_as_good_and_not_worse(low, holds):
    outcome = judged(quality=Interval(0.5, low, 0.55))
    assert failed(outcome) == ([] if holds else ["quality"])


def test_every_check_that_failed_is_told_with_its_numbers():
    outcome = judged(low=-1, copied=0.5, words=300)
    assert failed(outcome) == ["style_score", "copying", "length"]
    assert all(any(part in reason for reason in outcome.reasons) for part in ("-1.000", "50.0%", "15.0%", "3.00"))


def test_what_was_not_judged_is_not_promoted():
    outcome = Outcome(
        run_id="run-2", repo_id="ann/voice", measure="style_score", rival=Rival(), why_not="there is no style report."
    )
    assert not outcome.is_promoted
    assert (outcome.verdict, outcome.reasons) == ("not judged", ("there is no style report.",))
    assert "no style report" in "\n".join(outcome_lines(outcome))


def test_the_first_champion_has_to_beat_the_base_and_the_table_says_so():
    lines = "\n".join(outcome_lines(judged(rival=Rival())))
    assert "against the base, since there is no champion yet" in lines
    assert "above 0" in lines and "held" in lines and "promoted:" in lines


def test_the_rule_says_whose_voice_it_was_asked_about():
    outcome = judged().model_copy(update={"author_id": "ann\x1b[2J"})
    assert next(iter(outcome_lines(outcome))).endswith("run run-1, in the voice of ann\\u001b[2J")
    assert "in the voice of `ann" in "\n".join(promotion_section(outcome))
