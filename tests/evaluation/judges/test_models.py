"""Judges compare a training's answers over a real connection, and the rule of promotion takes what they say."""

from __future__ import annotations

import dataclasses
import math

import pytest

from ownvoice.config.judges import Judge
from ownvoice.errors import SettingsError
from ownvoice.evaluation.judges.models import compare, compared_models, compared_version
from ownvoice.evaluation.judges.qualification.qualify import Asking
from ownvoice.evaluation.judges.qualification.stored import LeftOut, Qualified
from ownvoice.evaluation.judges.quality_report import read_quality
from ownvoice.evaluation.judges.win_rate import Verdict, length_controlled, strengths, win_rate
from ownvoice.evaluation.stored import read_style, read_style_answers, write_style
from ownvoice.llm.budget import Spend
from ownvoice.publishing.judging import judge_run
from ownvoice.reports.text.quality import quality_lines
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.run import TrainingRun, write_training_run
from stand_ins.asking import access
from stand_ins.model_behaviour import Behaviour
from stand_ins.model_server import running_model_server
from stand_ins.pair_lake import commit_pairs, small_dataset
from stand_ins.style_reports import leave_style_report
from stand_ins.trained import leave_trained_run

RUN = "run-1"


@pytest.fixture(scope="module")
def running():
    with running_model_server() as server:
        yield server


@pytest.fixture
def server(running):
    running.reset(Behaviour())
    return running


@pytest.fixture
def lake(lake):
    assert commit_pairs(lake, small_dataset()) == 1
    run = TrainingRun(run_id=RUN, lake=lake.uri, dataset_version=1, recipe=TrainingRecipe(hub_repository="ann/voice"))
    write_training_run(lake, run)
    leave_trained_run(lake, run, shards=1)
    return lake


def panel(*families, **fields):
    named = [
        Judge(
            name=f"judge-{family}", model="planted-likes:good", family=family, max_output_tokens=1024 + place, **fields
        )
        for place, family in enumerate(families)
    ]
    return Qualified(named, [])


def answered(lake, good, prompts=60):
    """Leave a style report in which the trained model's answer is the better one in `good` of 4, else the base's."""
    leave_style_report(lake, RUN, prompts=prompts)
    better = {"trained": good.__gt__, "base": good.__le__}
    answers = [
        one.model_copy(
            update={"text": f"Prompt {one.prompt_id}." + " good" * better[one.subject]((number // 12 + number) % 4)}
        )
        if one.subject in better
        else one
        for one in read_style_answers(lake, RUN)
        for number in [int(one.prompt_id[1:])]
    ]
    write_style(lake, RUN, read_style(lake, RUN, []), answers)


def asking(lake, server, **options):
    return Asking(lake, lambda _: access(server), **options)


def judged(lake, server, good, judges=None, **options):
    answered(lake, good)
    return compare(asking(lake, server, **options), compared_models(lake, RUN), judges or panel("gpt", "llama"))


@pytest.mark.parametrize(
    ("good", "rate", "verdict"),
    [(4, 1.0, "promoted"), (3, 0.75, "promoted"), (2, 0.5, "not promoted"), (0, 0, "not promoted")],
)
def test_a_model_that_judges_find_worse_is_not_promoted_however_near_the_author_it_is(
    lake, server, good, rate, verdict
):
    report = judged(lake, server, good)
    (found,) = report.comparisons
    assert (found.left, found.right, found.question, found.verdicts) == ("trained", "base", "quality", 60)
    assert found.win_rate.mean == pytest.approx(rate)
    assert [one.win_rate for one in found.judges] == pytest.approx([rate, rate])
    assert judge_run(lake, RUN).verdict == verdict
    assert max(map(len, quality_lines(report))) <= 80


def test_repeated_nothing_is_asked_twice_and_the_report_is_the_same(lake, server):
    report = judged(lake, server, 3)
    asked = len(server.bodies)
    assert judged(lake, server, 3) == report == read_quality(lake, RUN, [])
    assert len(server.bodies) == asked


def test_without_judges_the_rule_holds_as_before_and_says_so(lake):
    answered(lake, 0)
    outcome = judge_run(lake, RUN)
    assert outcome.is_promoted and "none was asked" in outcome.without_judges


def test_judges_of_one_family_are_no_jury_and_their_own_rates_are_shown(lake, server):
    (found,) = judged(lake, server, 0, panel("gpt", "gpt")).comparisons
    assert found.win_rate is None and "two families" in found.why_not
    assert [one.win_rate for one in found.judges] == [0, 0]
    assert "two families" in judge_run(lake, RUN).without_judges


def test_a_budget_that_ends_early_leaves_too_few_verdicts_and_no_number(lake, server):
    report = judged(lake, server, 4, share=Spend(20_000, math.inf))
    assert all(one.win_rate is None for one in report.comparisons)
    assert report.prompt_tokens + report.completion_tokens <= 20_000


def test_a_judging_that_broke_off_promotes_nothing_and_says_how_to_go_on(lake, server):
    answered(lake, 4)
    broken = dataclasses.replace(asking(lake, server), endpoints=lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        compare(broken, compared_models(lake, RUN), panel("gpt", "llama"))
    outcome = judge_run(lake, RUN)
    assert outcome.verdict == "not judged" and "`ownvoice judge --model run-1`" in outcome.why_not


def test_answers_of_another_style_report_are_not_those_that_were_judged(lake, server):
    judged(lake, server, 0)
    answered(lake, 4)
    assert "earlier style report" in judge_run(lake, RUN).without_judges


def test_judges_that_do_not_count_and_those_that_rate_are_named_and_not_asked(lake, server):
    counting = panel("gpt", prompt="absolute").counting
    out = panel("llama").counting[0]
    report = judged(lake, server, 4, Qualified(counting, [LeftOut(out, "it was never qualified.")]))
    assert [one.why.split()[0] for one in report.left_out] == ["it", "it"]
    assert "no judge that counts" in report.why_not and len(server.bodies) == 0


def test_a_subject_without_answers_is_refused_with_those_that_there_are(lake):
    answered(lake, 4)
    with pytest.raises(SettingsError, match=r"no answers of sft.*base, author"):
        compared_models(lake, RUN, ["sft"])


def test_a_run_without_a_style_report_says_what_makes_one(lake):
    assert "ownvoice style --model run-1" in compared_models(lake, RUN).why_not


def test_both_sides_of_a_version_are_compared_without_calling_the_chosen_one_the_truth(lake):
    compared = compared_version(lake)
    assert {(one.left.source, one.right.source, one.ground_truth) for one in compared.items} == {
        ("chosen", "rejected", "")
    }


def test_length_that_explains_the_wins_is_taken_out_of_the_rate():
    verdicts = [Verdict("left" if n % 10 else "right", f"a{n % 12}", 400 if n % 10 else -400) for n in range(120)]
    assert win_rate(verdicts).mean == pytest.approx(0.9)
    assert length_controlled(verdicts) < 0.8
    assert length_controlled([Verdict("left", "a", 3)] * 4) is None


def test_strengths_need_three_models_of_which_each_won_and_lost():
    verdicts = [("a", "b", "left")] * 3 + [("a", "b", "right")] + [("a", "c", "left")] * 9 + [("a", "c", "right")]
    found = strengths(verdicts)
    assert found["a"] - found["b"] == pytest.approx(math.log(3), abs=0.01)
    assert found["a"] - found["c"] == pytest.approx(math.log(9), abs=0.01)
    assert strengths(verdicts[:4]) is None
    assert strengths([one for one in verdicts if one != ("a", "c", "right")]) is None
