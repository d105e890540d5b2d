"""Rejected answers of a second model: asked the instruction alone, once, and only for what is proved and filtered."""

from __future__ import annotations

from typing import Any

import pytest

from ownvoice.config.generators import RejectedBy
from ownvoice.config.run import recorded_run
from ownvoice.dataset.verify import verify
from ownvoice.errors import DeadChunksError, ModelUnavailableError, StorageError
from ownvoice.llm.answers import AnswerStore, completion_of
from ownvoice.llm.client import ModelAccess
from ownvoice.llm.completion import Fault, TextAnswer, parse_text
from ownvoice.llm.outcomes import read_outcomes
from ownvoice.llm.providers import openai
from ownvoice.llm.request import RequestBody, request_key
from ownvoice.offline_model.server import OFFLINE_MODEL
from ownvoice.pairs.curate import curate_batch
from ownvoice.pairs.second_model import reject_batch
from ownvoice.pairs.staging import CURATED, read_staged
from ownvoice.reports.report import write_report
from ownvoice.storage.lake import Lake, scan
from ownvoice.triples.generate import generate_batch
from ownvoice.triples.request import rejected_bodies, rejected_body
from stand_ins.night import RECIPE, Night, spoil

SECOND = f"{OFFLINE_MODEL}-second"
BY_SECOND = RejectedBy(model=SECOND, temperature=0.9, max_output_tokens=400, endpoint="llm_sft")
TWO = RECIPE.model_copy(update={"rejected_by": BY_SECOND})


@pytest.fixture
def night(lake, tmp_path, offline_model):
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write("a", "b")
    return night


def pairs(lake: Lake) -> list[dict[str, Any]]:
    return [row for batch in scan(lake.table("pairs")) for row in batch.to_pylist()]


def chunks(lake: Lake, run_id: str) -> list[dict[str, Any]]:
    return [row for batch in scan(lake.table("chunks"), where=f"run_id = '{run_id}'") for row in batch.to_pylist()]


def test_every_pair_says_which_model_wrote_what(night, lake, offline_model):
    night.run("monday", recipe=TWO)
    rows = pairs(lake)
    assert len(rows) > 5
    for row in rows:
        assert (row["prompt_model"], row["chosen_model"], row["rejected_model"]) == (OFFLINE_MODEL, "human", SECOND)
        (answer,) = AnswerStore(lake.store).read_all(row["rejected_request_key"])
        assert answer["request"] == rejected_body(BY_SECOND, row["prompt"])
        assert parse_text(completion_of(answer)).text == row["rejected"]
    assert verify(lake).passed


def test_the_second_model_sees_the_instruction_and_nothing_else():
    body = rejected_body(BY_SECOND, "Explain the pager.")
    assert body == {
        "model": SECOND,
        "messages": [{"role": "user", "content": "Explain the pager."}],
        "temperature": 0.9,
        "max_tokens": 400,
    }


def test_nothing_is_paid_for_what_is_dropped_nor_for_an_instruction_that_was_asked_before(night, lake, offline_model):
    night.run("monday", recipe=TWO)
    staged = read_staged(lake, recorded_run(lake, "monday"), "batch-0000", CURATED)
    instructions = {pair["prompt"] for pair in staged.pairs}
    assert staged.drops
    assert offline_model.served[SECOND] == len(instructions)
    asked = offline_model.requests_served
    night.run("tuesday", recipe=TWO)
    night.edit("a", "This line is new tonight, and nothing else is.")
    night.run("wednesday", recipe=TWO)
    report = write_report(lake, "wednesday")
    assert report.chunks.reused > 0
    assert offline_model.served[SECOND] - len(instructions) <= 5 * report.chunks.answered
    assert offline_model.requests_served > asked


def test_without_a_second_model_the_step_does_nothing(night, lake, offline_model):
    night.list_and_plan("monday")
    night.generate("monday")
    assert reject_batch(lake, "monday", "batch-0000", lambda _: pytest.fail("it asked")) == {}
    assert {row["rejected_model"] for row in read_staged(lake, recorded_run(lake, "monday"), "batch-0000").pairs} == {
        OFFLINE_MODEL
    }


def test_the_ledger_and_the_report_keep_the_two_models_apart(night, lake, offline_model):
    night.run("monday", recipe=TWO)
    report = write_report(lake, "monday")
    models = report.spend.models
    assert set(models) == {OFFLINE_MODEL, SECOND}
    for part in ("spent", "planned"):
        assert sum(getattr(one, part).tokens for one in models.values()) == getattr(report.spend, part).tokens
        assert all(getattr(one, part).tokens > 0 for one in models.values())
    assert report.spend.spent.tokens == report.tokens.prompt + report.tokens.completion
    for row in chunks(lake, "monday"):
        assert row["prompt_tokens"] == sum(paid["prompt_tokens"] for paid in row["spend"])
        assert len(row["tries"]) == row["attempts"]


def test_what_the_budget_does_not_allow_is_left_for_another_night(night, lake, offline_model, tmp_path):
    night.run("monday", recipe=TWO, max_tokens=15_000)
    first = write_report(lake, "monday")
    assert 0 < first.chunks.deferred < first.chunks.total
    assert first.pairs.total > 0
    assert first.spend.spent.tokens <= 15_000
    night.run("tuesday", recipe=TWO)
    second = write_report(lake, "tuesday")
    assert second.chunks.deferred == 0
    undisturbed = Night(Lake((tmp_path / "undisturbed").as_uri()), tmp_path / "more", offline_model)
    undisturbed.write("a", "b")
    undisturbed.run("tuesday", recipe=TWO)
    assert {row["pair_id"]: row["rejected"] for row in pairs(lake)} == {
        row["pair_id"]: row["rejected"] for row in pairs(undisturbed.lake)
    }


def steps(night: Night, lake: Lake, model: Any, second: ModelAccess, recipe=TWO, run_id="monday") -> dict[str, int]:
    """Go up to the second model, which is reached as given, and ask it."""
    first = ModelAccess(model.base_url, model.api_key)
    night.list_and_plan(run_id, recipe=recipe)
    generate_batch(lake, run_id, "batch-0000", lambda _: first)
    curate_batch(lake, run_id, "batch-0000")
    return reject_batch(lake, run_id, "batch-0000", lambda name: second if name == "llm_sft" else first)


def test_an_endpoint_that_is_away_fails_the_batch_and_commits_none_of_it(night, lake, offline_model):
    away = ModelAccess("http://127.0.0.1:9/v1", "key", patience_s=0.05)
    with pytest.raises(ModelUnavailableError, match="answered none of the last"):
        steps(night, lake, offline_model, away)
    night.commit("monday")
    assert {row["event"] for row in chunks(lake, "monday")} == {"batch_failed"}
    assert pairs(lake) == []
    asked = offline_model.served[OFFLINE_MODEL]
    night.run("tuesday", recipe=TWO)
    assert offline_model.served[OFFLINE_MODEL] == asked
    assert "answered" in {row["state"] for row in chunks(lake, "tuesday")} <= {"answered", "reused"}


def test_what_a_failed_batch_had_paid_the_second_model_stands_in_the_ledger(night, lake, offline_model):
    night.list_and_plan("monday", recipe=TWO)
    night.generate("monday")
    bought = {name: sum(paid[name] for row in read_staged(lake, recorded_run(lake, "monday"), "batch-0000").chunks
                        for paid in row["spend"]) for name in ("prompt_tokens", "completion_tokens")}  # fmt: skip
    lake.store.delete("runs/monday/staged/batch-0000/pairs.parquet")
    night.commit("monday")
    rows = chunks(lake, "monday")
    assert {row["event"] for row in rows} == {"batch_failed"}
    assert {name: sum(row[name] for row in rows) for name in bought} == bought
    assert {paid["model"] for row in rows for paid in row["spend"]} == {OFFLINE_MODEL, SECOND}


def test_a_second_model_that_never_ends_its_answers_is_told_of(night, lake, offline_model):
    short = TWO.model_copy(update={"rejected_by": BY_SECOND.model_copy(update={"max_output_tokens": 16})})
    with pytest.raises(DeadChunksError, match=r"rejected answers are dead .*truncated.*Change `rejected_by`"):
        steps(night, lake, offline_model, ModelAccess(offline_model.base_url, "key"), short)


def test_dead_rejected_answers_fail_no_later_night_and_a_retry_asks_for_them_again(night, lake, offline_model):
    night.list_and_plan("monday", recipe=TWO, max_dead_share=1)
    night.generate("monday")
    run = recorded_run(lake, "monday")
    dead = {pair["prompt"] for pair in read_staged(lake, run, "batch-0000", CURATED).pairs}
    spoil(lake, read_outcomes(lake, run, "batch-0000")["a", 0]["request_key"], "no JSON")
    for instruction in dead:
        spoil(lake, request_key(rejected_body(BY_SECOND, instruction)), "")
    night.generate("monday")
    night.commit("monday")
    night.edit("b", "This line is new tonight, and nothing else is.")
    night.run("tuesday", recipe=TWO)
    assert pairs(lake) == []
    night.run("wednesday", recipe=TWO, retry="dead")
    assert {row["article_id"] for row in pairs(lake)} == {"a"}
    assert dead & {row["prompt"] for row in pairs(lake)}


DRAWS = TWO.model_copy(update={"rejected_draws": 3})


def test_of_several_draws_at_an_endpoint_the_nearest_in_length_becomes_the_rejected_answer(night, lake, offline_model):
    night.run("monday", recipe=DRAWS)
    rows = pairs(lake)
    assert {row["rejected_draw"] for row in rows} == {1, 2, 3}
    for row in rows:
        drawn = [text_of(lake, body) for body in rejected_bodies(DRAWS, BY_SECOND, row["prompt"], row["chosen"])]
        gaps = [abs(len(text.split()) - len(row["chosen"].split())) for text in drawn]
        assert row["rejected"] == drawn[row["rejected_draw"] - 1]
        assert gaps[row["rejected_draw"] - 1] == min(gaps)
        assert row["rejected_draws"] == 3
        assert row["rejected_cut"] is None
    assert verify(lake).passed


def text_of(lake: Lake, body: RequestBody) -> str:
    (answer,) = AnswerStore(lake.store).read_all(request_key(body))
    return parse_text(completion_of(answer)).text


def test_more_draws_another_night_ask_for_what_is_missing_and_every_draw_is_in_the_ledger(night, lake, offline_model):
    night.run("monday", recipe=TWO)
    one = offline_model.served[SECOND]
    night.remove("b")
    night.run("tuesday", recipe=TWO, reconcile=True)
    night.write("b")
    night.run("wednesday", recipe=DRAWS)
    drawn = [row for row in pairs(lake) if row["rejected_draws"]]
    assert drawn
    again = offline_model.served[SECOND] - one
    staged = read_staged(lake, recorded_run(lake, "wednesday"), "batch-0000", CURATED)
    assert again == 2 * len({pair["prompt"] for pair in staged.pairs})
    spent = [paid for row in chunks(lake, "wednesday") for paid in row["spend"] if paid["model"] == SECOND]
    report = write_report(lake, "wednesday")
    assert sum(paid["completion_tokens"] for paid in spent) > 0
    assert report.spend.models[SECOND].planned.tokens > 3 * 400 * len(spent)


def test_a_draw_that_cannot_be_had_leaves_the_others_to_choose_from(night, lake, offline_model):
    night.list_and_plan("monday", recipe=DRAWS, max_dead_share=1)
    night.generate("monday")
    for pair in read_staged(lake, recorded_run(lake, "monday"), "batch-0000", CURATED).pairs:
        spoil(lake, request_key(rejected_body(BY_SECOND, pair["prompt"])), "")
    night.generate("monday")
    night.commit("monday")
    assert {row["rejected_draw"] for row in pairs(lake)} == {2, 3}


def test_an_answer_cut_at_a_sentence_is_as_near_to_the_chosen_length_as_its_sentences_allow(night, lake, offline_model):
    night.run("monday", recipe=TWO)
    whole = {row["pair_id"]: row for row in pairs(lake)}
    cut = Night(Lake(f"{lake.uri}-cut"), night._folder, offline_model)
    cut.run("monday", recipe=TWO.model_copy(update={"rejected_cut": "sentence"}))
    rows = pairs(cut.lake)
    assert {row["rejected_cut"] for row in rows} == {True, False}
    for row in rows:
        other = whole[row["pair_id"]]["rejected"]
        assert other.startswith(row["rejected"])
        assert row["rejected_cut"] == (row["rejected"] != other)
    assert all(row["pair_id"] in whole for row in rows)
    assert verify(cut.lake).passed


def test_a_batch_that_was_not_curated_says_so(night, lake, offline_model):
    night.list_and_plan("monday", recipe=TWO)
    with pytest.raises(StorageError, match="clear its curate_batch"):
        reject_batch(lake, "monday", "batch-0000", lambda _: pytest.fail("it asked"))


@pytest.mark.parametrize(
    ("choice", "answer"),
    [
        ({"message": {"content": " It is so. "}, "finish_reason": "stop"}, TextAnswer("It is so.", None)),
        ({"message": {"content": " "}, "finish_reason": "stop"}, TextAnswer("", Fault.EMPTY)),
        ({"message": {"content": None}}, TextAnswer("", Fault.EMPTY)),
        ({"message": {"content": "It is"}, "finish_reason": "length"}, TextAnswer("It is", Fault.TRUNCATED)),
        ({"message": {"content": None, "refusal": "No."}}, TextAnswer("", Fault.REFUSED)),
        ({"message": {"content": "x"}, "finish_reason": "content_filter"}, TextAnswer("x", Fault.REFUSED)),
        ({"message": {"content": "\ud800"}, "finish_reason": "stop"}, TextAnswer("", Fault.EMPTY)),
        ("nothing", TextAnswer("", Fault.EMPTY)),
    ],
)
def test_a_plain_answer_is_read_with_what_is_wrong_with_it(choice, answer):
    assert parse_text(openai.read({"choices": [choice]})) == answer
