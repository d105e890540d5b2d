"""The style report of a training, from the planned job to the figures; only the models are simulated."""

from __future__ import annotations

import pytest

from ownvoice.answering.files import read_job, read_rows
from ownvoice.answering.job import Prompt, ScoredText
from ownvoice.errors import SettingsError, StorageError
from ownvoice.evaluation.stored import read_style, read_style_answers
from ownvoice.evaluation.training_style import plan_style, write_training_style
from ownvoice.storage.lake import Lake
from stand_ins.answered import answer_job
from stand_ins.pair_lake import commit_pairs, small_dataset
from stand_ins.trained import trained_run
from stand_ins.two_authors import two_authors_lake


@pytest.fixture(scope="module")
def lake(tmp_path_factory) -> Lake:
    lake = Lake(tmp_path_factory.mktemp("trained").as_uri())
    trained_run(lake, two_authors_lake(lake), sample_tokens=99)
    return lake


def test_every_model_is_asked_the_same_prompts_and_scores_the_authors_text(lake):
    trained_run(lake, 1, "before", prompt_template="chat")
    job = read_job(plan_style(lake, "night", champion="run:before", also=["hub:owner/other@v1"]))
    assert {one.subject: one.model for one in job.asked} == {
        "base": "lake:models/toy",
        "prompted_base": "lake:models/toy",
        "trained": "lake:runs/night/merged",
        "champion": "lake:runs/before/merged",
        "hub:owner/other@v1": "hub:owner/other@v1",
    }
    chat = [one.subject for one in job.asked if one.prompt_template == "chat"]
    assert chat == ["champion"], "each trained model is asked in its own form"
    assert {(one.sampling.temperature, one.sampling.max_new_tokens) for one in job.asked} == {(0.0, 99)}
    prompts = read_rows(lake, job.keys.prompts, Prompt)
    asked = {subject: [one.prompt_id for one in prompts if one.subject == subject] for subject in job_subjects(job)}
    assert len(asked["base"]) == 61
    assert all(ids == asked["base"] for ids in asked.values())
    texts = read_rows(lake, job.keys.texts, ScoredText)
    assert {one.subject for one in texts} == set(asked) - {"prompted_base"}


def job_subjects(job):
    return [one.subject for one in job.asked]


def test_the_prompted_base_is_shown_three_training_passages_before_the_same_prompt(lake):
    job = read_job(plan_style(lake, "night"))
    prompts = read_rows(lake, job.keys.prompts, Prompt)
    plain = {one.prompt_id: one.prompt for one in prompts if one.subject == "base"}
    for one in (one for one in prompts if one.subject == "prompted_base"):
        _, *passages, last = one.prompt.split("\n\n")
        assert len(passages) == 3 == len(set(passages))
        assert last.endswith(plain[one.prompt_id])


def test_a_model_that_learned_the_voice_is_above_its_base_and_both_are_kept_side_by_side(lake):
    answer_job(plan_style(lake, "night"))
    report = write_training_style(lake, "night")
    assert (report.judged, report.author_id, report.prompts, report.articles) == (True, "ann", 61, 12)
    assert [one.name for one in report.subjects] == ["base", "prompted_base", "trained", "author"]
    base, trained, prompted = (report.subject(name) for name in ("base", "trained", "prompted_base"))
    assert trained.above_base.low > prompted.above_base.mean > 0
    assert (base.model, base.nats_per_token) == ("lake:models/toy@c0ffee", 3.0)
    assert trained.nats_per_token == pytest.approx(2.4)
    assert prompted.nats_per_token is None, "it is the base"
    assert read_style(lake, "night", []) == report
    assert len(read_style_answers(lake, "night")) == 4 * 61
    assert write_training_style(lake, "night") == report, "repeated, it says the same"


def test_a_job_that_was_not_answered_is_a_sentence(lake):
    plan_style(lake, "night")
    with pytest.raises(StorageError, match="was not answered yet"):
        write_training_style(lake, "night")


def test_models_that_could_answer_too_few_prompts_are_not_judged_and_the_reasons_are_counted(lake):
    answer_job(plan_style(lake, "night"), refused_prompt="Say something about bread, number 0.")
    report = write_training_style(lake, "night")
    assert (report.judged, report.subjects) == (False, ())
    assert "both answered 49 prompts" in report.why_not and "24 times longer_than_context" in report.why_not


@pytest.mark.parametrize("pairs", [(2, 2), (40, 60)])
def test_a_version_with_too_few_articles_is_not_judged_and_nobody_is_asked(tmp_path, pairs):
    lake = Lake(tmp_path.as_uri())
    trained_run(lake, commit_pairs(lake, small_dataset(*pairs)))
    assert plan_style(lake, "night") is None
    report = read_style(lake, "night", [])
    assert not report.judged
    assert "10 articles on" in report.why_not
    assert not list(lake.store.objects("runs/night/answering"))


def test_too_few_training_articles_are_not_judged(tmp_path):
    lake = Lake(tmp_path.as_uri())
    trained_run(lake, two_authors_lake(lake, test_articles=12, train_articles=3))
    assert plan_style(lake, "night") is None
    assert "3 training articles" in read_style(lake, "night", []).why_not


def test_a_run_without_a_model_is_a_sentence(lake):
    with pytest.raises(StorageError, match="no training has that name"):
        plan_style(lake, "nobody")
    with pytest.raises(StorageError, match="no training has that name"):
        plan_style(lake, "night", also=["run:nobody"])


def test_a_name_that_is_none_of_a_model_is_refused_with_the_forms_there_are(lake):
    with pytest.raises(SettingsError, match="names no model"):
        plan_style(lake, "night", also=["gpt-4o"])
