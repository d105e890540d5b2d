"""Answers as servers and models hand them over, through a real connection and through a batch job."""

from __future__ import annotations

import pytest

from ownvoice.llm.answers import completion_of
from ownvoice.llm.completion import Fault
from ownvoice.states import ChunkEvent
from ownvoice.storage.lake import Lake
from ownvoice.triples.parse import parse_answer
from stand_ins.batch_desk import ARRIVED, DEAD, Desk
from stand_ins.model_server import ModelServer
from stand_ins.model_shapes import GOOD_SHAPES, REJECTED_SHAPES, TRIPLE, UNUSABLE_SHAPES

MODES = ["realtime", "batch"]
LONGER = {"thought_to_the_end"}
FINAL = {"refusal_part"}


@pytest.fixture
def desk(lake: Lake, model: ModelServer) -> Desk:
    return Desk(lake, model)


def ask(desk: Desk, mode: str, *texts: str) -> list[ChunkEvent]:
    outcomes = desk.settle(*texts) if mode == "batch" else desk.settle_in_realtime(*texts)
    return [outcome.event for outcome in outcomes]


@pytest.mark.parametrize("mode", MODES)
def test_every_shape_of_an_answer_brings_its_triple_at_the_first_request(desk: Desk, mode: str) -> None:
    texts = [f"{shape}: text" for shape in GOOD_SHAPES]
    assert ask(desk, mode, *texts) == [ARRIVED] * len(texts)
    for text in texts:
        (record,) = desk.answers(text)
        assert parse_answer(completion_of(record)).triples == (TRIPLE,), text


@pytest.mark.parametrize("mode", MODES)
def test_a_shape_without_a_triple_is_asked_again_at_the_same_length(desk: Desk, mode: str) -> None:
    shapes = sorted(UNUSABLE_SHAPES.keys() - LONGER - FINAL)
    assert ask(desk, mode, *(f"{shape} good: text" for shape in shapes)) == [ARRIVED] * len(shapes)
    assert len(desk.model.bodies) == 2 * len(shapes)
    assert {body["max_tokens"] for body in desk.model.bodies} == {2000}


@pytest.mark.parametrize("mode", MODES)
def test_an_answer_that_was_all_thinking_is_asked_for_again_at_twice_the_length(desk: Desk, mode: str) -> None:
    assert ask(desk, mode, "thought_to_the_end good: text") == [ARRIVED]
    assert [body["max_tokens"] for body in desk.model.bodies] == [2000, 4000]


@pytest.mark.parametrize("mode", MODES)
def test_a_refusal_in_a_part_is_a_refusal(desk: Desk, mode: str) -> None:
    assert ask(desk, mode, "refusal_part good: text") == [DEAD]
    assert len(desk.model.bodies) == 1


@pytest.mark.parametrize("mode", MODES)
def test_the_same_unusable_answer_is_paid_for_twice_at_most(desk: Desk, mode: str) -> None:
    texts = [f"{shape} {shape} good: text" for shape in sorted(UNUSABLE_SHAPES.keys() - LONGER - FINAL)]
    for _night in range(2):
        assert ask(desk, mode, *texts) == [DEAD] * len(texts)
    assert len(desk.model.bodies) == 2 * len(texts)


@pytest.mark.parametrize("mode", MODES)
def test_unusable_answers_that_differ_have_all_their_tries(desk: Desk, mode: str) -> None:
    assert ask(desk, mode, "empty bad_json empty good: text") == [ARRIVED]


@pytest.mark.parametrize("mode", MODES)
def test_an_answer_that_the_server_refuses_to_pass_on_is_read_like_any_other(desk: Desk, mode: str) -> None:
    assert ask(desk, mode, "rejected_whole: text") == [ARRIVED]
    (record,) = desk.answers("rejected_whole: text")
    assert parse_answer(completion_of(record)).triples == (TRIPLE,)


@pytest.mark.parametrize("mode", MODES)
def test_one_without_a_triple_is_bad_json_and_asked_for_again(desk: Desk, mode: str) -> None:
    shapes = sorted(REJECTED_SHAPES.keys() - {"rejected_whole", "rejected_cut_off"})
    texts = [f"{shape} good: text" for shape in shapes]
    assert ask(desk, mode, *texts) == [ARRIVED] * len(texts)
    assert {parse_answer(completion_of(desk.answers(text)[0])).fault for text in texts} == {Fault.BAD_JSON}
    assert len(desk.model.bodies) == 2 * len(texts)


@pytest.mark.parametrize("mode", MODES)
def test_one_that_was_cut_off_is_asked_for_again_at_twice_the_length(desk: Desk, mode: str) -> None:
    assert ask(desk, mode, "rejected_cut_off good: text") == [ARRIVED]
    assert [body["max_tokens"] for body in desk.model.bodies] == [2000, 4000]
