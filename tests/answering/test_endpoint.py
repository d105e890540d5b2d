"""Answers of an endpoint's model: each paid for once, within a limit, in the rows that a job's answers have."""

from __future__ import annotations

import pytest

from ownvoice.answering.endpoint import AskedAtEndpoint, answer_at_endpoint
from ownvoice.answering.job import Prompt
from ownvoice.errors import ModelUnavailableError
from ownvoice.llm.answers import AnswerStore
from ownvoice.llm.budget import Spend
from stand_ins.asking import access
from stand_ins.model_behaviour import Behaviour

ASKED = AskedAtEndpoint(subject="gpt", model="a-model", temperature=0.7, max_new_tokens=100)
PROMPTS = [Prompt("gpt", f"p{number}", f"Write about server {number}.", article_id="a1") for number in range(5)]


def ask(lake, model, asked=ASKED, prompts=PROMPTS, **limits):
    return answer_at_endpoint(lake, "run", "style", asked, prompts, lambda _: access(model), **limits)


def test_every_prompt_has_a_row_in_the_order_of_the_prompts(lake, model):
    found = ask(lake, model)

    assert [row.prompt_id for row in found.rows] == [prompt.prompt_id for prompt in PROMPTS]
    assert found.refused == []
    for row in found.rows:
        (record,) = AnswerStore(lake.store).read_all(row.request_key)
        assert (row.subject, row.model, row.draw, row.is_cut_off) == ("gpt", "a-model", 0, False)
        assert (row.text != "", row.tokens) == (True, 10)
        assert record["bought_for"][:2] == ["run", "a1"]


def test_asked_again_nothing_is_paid_for_again(lake, model):
    first, requests = ask(lake, model), model.totals.requests
    assert ask(lake, model) == first
    assert model.totals.requests == requests == 5


def test_of_more_draws_the_first_is_the_one_that_is_stored(lake, model):
    ask(lake, model)
    found = ask(lake, model, ASKED.model_copy(update={"draws": 3}))

    assert model.totals.requests == 15
    assert [(row.prompt_id, row.draw) for row in found.rows[:4]] == [("p0", 0), ("p0", 1), ("p0", 2), ("p1", 0)]
    assert len({row.request_key for row in found.rows}) == 15


def test_two_prompts_of_the_same_words_are_asked_once(lake, model):
    found = ask(lake, model, prompts=[PROMPTS[0], Prompt("gpt", "same", PROMPTS[0].prompt)])

    assert model.totals.requests == 1
    assert [row.prompt_id for row in found.rows] == ["p0", "same"]


def test_prompts_of_other_subjects_are_not_asked(lake, model):
    assert ask(lake, model, prompts=[Prompt("other", "p", "Why?")]).rows == []
    assert model.totals.requests == 0


def test_what_the_limit_does_not_allow_is_named_also_by_the_next_try(lake, model):
    share = Spend(250, float("inf"))
    for _ in range(2):
        found = ask(lake, model, share=share)
        assert {one.reason for one in found.refused} == {"not_afforded"}
        assert 1 <= len(found.rows) < 5
        assert len(found.rows) + len(found.refused) == 5


def test_a_prompt_that_the_endpoint_refuses_is_named_and_the_others_are_answered(lake, model):
    model.reset(Behaviour())
    found = ask(lake, model, prompts=[*PROMPTS, Prompt("gpt", "bad", "empty empty empty: Why?")])

    assert [(one.id, one.reason) for one in found.refused] == [("bad", "empty")]
    assert len(found.rows) == 5


def test_an_endpoint_that_is_away_fails_and_keeps_what_had_arrived(lake, model):
    model.reset(Behaviour(good="server_error"))
    with pytest.raises(ModelUnavailableError, match=r"style: 5 of 5 answers were left"):
        ask(lake, model)


def test_several_draws_of_no_temperature_are_refused():
    with pytest.raises(ValueError, match="draws is 2 at temperature 0"):
        AskedAtEndpoint(subject="s", model="m", temperature=0, draws=2)
