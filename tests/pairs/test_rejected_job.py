"""Rejected answers of a model of the lake: one job for all batches, answered elsewhere, put beside their pairs."""

from __future__ import annotations

from typing import Any

import pytest

from ownvoice.answering.files import read_job, read_job_result, read_rows, write_rows
from ownvoice.answering.job import AnswerRow, Prompt
from ownvoice.config.generators import RejectedBy
from ownvoice.config.run import recorded_run
from ownvoice.dataset.verify import verify
from ownvoice.errors import DeadChunksError, Exit, StorageError
from ownvoice.llm.answers import AnswerStore, completion_of
from ownvoice.pairs.rejected_job import REJECTED, add_rejected, write_rejected_job
from ownvoice.pairs.staging import CURATED, read_staged
from ownvoice.reports.report import write_report
from ownvoice.storage.lake import Lake, scan
from stand_ins.answered import COMMIT, answer_job
from stand_ins.night import RECIPE, Night

BASE = RejectedBy(model="lake:models/base", temperature=0.9, max_output_tokens=400)
BY_BASE = RECIPE.model_copy(update={"rejected_by": BASE})
DRAWS = BY_BASE.model_copy(update={"rejected_draws": 4, "rejected_length": "told", "rejected_cut": "sentence"})


@pytest.fixture
def night(lake, tmp_path, offline_model):
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write("a", "b")
    return night


def pairs(lake: Lake) -> list[dict[str, Any]]:
    return [row for batch in scan(lake.table("pairs")) for row in batch.to_pylist()]


def run(night: Night, run_id: str, **fields: Any) -> dict[str, int]:
    """Go through a night whose job is answered; return what was added."""
    night.list_and_plan(run_id, **{"recipe": BY_BASE} | fields)
    night.generate(run_id)
    if uri := write_rejected_job(night.lake, run_id):
        assert answer_job(uri) == 0
    added = add_rejected(night.lake, run_id)
    night.commit(run_id)
    return added


def test_every_pair_names_the_model_with_its_commit_and_its_stored_answer(night, lake):
    added = run(night, "monday")
    rows = pairs(lake)
    assert 5 < len(rows) <= added["kept"]
    for row in rows:
        assert row["rejected_model"] == f"lake:models/base@{COMMIT}"
        (answer,) = AnswerStore(lake.store).read_all(row["rejected_request_key"])
        assert completion_of(answer).text == row["rejected"]
        assert answer["request"]["messages"] == [{"role": "user", "content": row["prompt"]}]
        assert (row["rejected_draw"], row["rejected_draws"], row["rejected_cut"]) == (None, None, None)
    assert verify(lake).passed


def test_all_batches_are_asked_in_one_job_so_that_the_model_is_loaded_once(night, lake):
    night.list_and_plan("monday", recipe=BY_BASE, max_generation_tasks=4)
    night.generate("monday")
    uri = write_rejected_job(lake, "monday")
    assert answer_job(uri) == 0
    prompts = read_rows(lake, read_job(uri).keys.prompts, Prompt)
    add_rejected(lake, "monday")
    night.commit("monday")
    assert {prompt.article_id for prompt in prompts} == {"a", "b"}
    assert {row["pair_id"] for row in pairs(lake)} <= {prompt.prompt_id for prompt in prompts}


def test_the_length_is_told_outside_the_pair_and_the_nearest_draw_is_cut_to_it(night, lake):
    run(night, "monday", recipe=DRAWS)
    rows = pairs(lake)
    assert len({row["rejected_draw"] for row in rows}) > 1
    for row in rows:
        words = len(row["chosen"].split())
        (answer,) = AnswerStore(lake.store).read_all(row["rejected_request_key"])
        asked = answer["request"]["messages"][-1]["content"]
        assert asked == f"{row['prompt']}\n\nAnswer in about {words} words."
        assert answer["request"]["max_tokens"] < 400
        assert completion_of(answer).text.startswith(row["rejected"])
        assert row["rejected"].endswith("time.")
        assert row["rejected_draws"] == 4
    assert verify(lake).passed


def test_the_same_night_again_asks_the_model_nothing(night, lake):
    run(night, "monday", recipe=DRAWS)
    before = {row["pair_id"]: row for row in pairs(lake)}
    uri = write_rejected_job(lake, "monday")
    assert read_job_result(lake, "monday", REJECTED) is None, "answers of an earlier job are not taken for this one's"
    assert answer_job(uri) == 0
    result = read_job_result(lake, "monday", REJECTED)
    assert (result.asked, result.reused > 20) == (0, True)
    add_rejected(lake, "monday")
    night.commit("monday")
    assert {row["pair_id"]: row for row in pairs(lake)} == before


def test_a_killed_job_leaves_its_chunks_for_the_next_night_which_asks_only_for_what_is_missing(
    night, lake, offline_model
):
    night.list_and_plan("monday", recipe=BY_BASE)
    night.generate("monday")
    assert answer_job(write_rejected_job(lake, "monday"), code=Exit.OUT_OF_MEMORY)
    with pytest.raises(StorageError, match="was not answered yet"):
        add_rejected(lake, "monday")
    night.commit("monday")
    assert pairs(lake) == []
    asked = offline_model.requests_served
    run(night, "tuesday")
    assert offline_model.requests_served == asked, "no triple is asked for twice"
    prompts = read_rows(lake, "runs/tuesday/answering/rejected/prompts.parquet", Prompt)
    assert read_job_result(lake, "tuesday", REJECTED).asked == len({prompt.prompt for prompt in prompts}) - 2
    assert pairs(lake)


def test_a_batch_that_failed_keeps_no_other_from_its_rejected_answers(night, lake):
    night.list_and_plan("monday", recipe=BY_BASE, max_generation_tasks=4)
    night.generate("monday", leave_out=0)
    assert answer_job(write_rejected_job(lake, "monday")) == 0
    add_rejected(lake, "monday")
    night.commit("monday")
    report = write_report(lake, "monday")
    assert report.failed_batches == ["batch-0000"]
    assert report.pairs.total > 0


def test_nothing_is_asked_where_the_recipe_names_no_such_model_or_nothing_was_kept(night, lake):
    night.list_and_plan("monday")
    night.generate("monday")
    assert write_rejected_job(lake, "monday") is None
    assert add_rejected(lake, "monday") == {}
    night.list_and_plan("tuesday", recipe=BY_BASE, dry_run=True)
    assert write_rejected_job(lake, "tuesday") is None
    assert add_rejected(lake, "tuesday") == {"pairs": 0, "kept": 0}


def test_a_prompt_that_the_model_cannot_be_given_drops_its_pair_and_says_why(night, lake):
    night.list_and_plan("monday", recipe=BY_BASE)
    night.generate("monday")
    staged = read_staged(lake, recorded_run(lake, "monday"), "batch-0000", CURATED)
    prompt = staged.pairs[0]["prompt"]
    assert answer_job(write_rejected_job(lake, "monday"), refused_prompt=prompt) == 0
    add_rejected(lake, "monday")
    night.commit("monday")
    report = write_report(lake, "monday")
    (drop, *_) = report.drop_examples["no_rejected_answer"]
    assert (drop.prompt, drop.detail) == (prompt, "longer_than_context")


def test_a_model_that_never_ends_its_answers_is_told_of_and_its_articles_stay_pending(night, lake):
    short = BY_BASE.model_copy(update={"rejected_by": BASE.model_copy(update={"max_output_tokens": 16})})
    night.list_and_plan("monday", recipe=short)
    night.generate("monday")
    assert answer_job(write_rejected_job(lake, "monday")) == 0
    with pytest.raises(DeadChunksError, match=r"no usable rejected answer \(truncated\).*Set rejected_cut"):
        add_rejected(lake, "monday")
    night.commit("monday")
    assert pairs(lake) == []
    assert run(night, "tuesday", recipe=DRAWS)["kept"] > 5


def test_dead_answers_of_an_earlier_night_do_not_fail_every_later_one(night, lake):
    short = BY_BASE.model_copy(update={"rejected_by": BASE.model_copy(update={"max_output_tokens": 16})})
    with pytest.raises(DeadChunksError):
        run(night, "monday", recipe=short)
    night.commit("monday")
    assert run(night, "tuesday", recipe=short)["kept"] == 0
    assert write_report(lake, "tuesday").chunks.deferred == 0


def test_a_pair_that_the_job_did_not_ask_about_is_no_dead_one(night, lake):
    night.list_and_plan("monday", recipe=BY_BASE)
    night.generate("monday")
    uri = write_rejected_job(lake, "monday")
    answer_job(uri)
    job = read_job(uri)
    answers = read_rows(lake, job.keys.answers, AnswerRow)
    write_rows(lake, job.keys.answers, AnswerRow, answers[:-1], job.digest)
    with pytest.raises(StorageError, match="asked nothing about 1 of .* pairs.*Clear write_rejected_job"):
        add_rejected(lake, "monday")
    night.commit("monday")
    assert pairs(lake) == []
    assert run(night, "tuesday")["kept"] > 5


def test_what_was_not_paid_for_is_not_in_the_ledger_and_takes_no_price(night, lake):
    run(night, "monday", max_tokens=1_000_000)
    report = write_report(lake, "monday")
    assert set(report.spend.models) == {RECIPE.model}
    assert report.chunks.deferred == 0
