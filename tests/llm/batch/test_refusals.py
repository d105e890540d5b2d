"""A batch job whose every line is refused, told from one with a chunk at fault."""

from __future__ import annotations

import pytest

from ownvoice.errors import ModelAccessError
from ownvoice.llm.batch.intents import open_intents
from ownvoice.storage.lake import Lake
from stand_ins.batch_desk import DEAD, Desk, events
from stand_ins.endpoint_errors import ENDPOINT_ERRORS
from stand_ins.model_behaviour import Behaviour
from stand_ins.model_server import ModelServer

REFUSED = sorted(name for name, error in ENDPOINT_ERRORS.items() if error.means == "bad_request")
OF_ACCESS = ["LiteLLM: wrong_key", "LiteLLM: unknown_model", "Google: wrong_key", "LM Studio: json_mode"]


@pytest.fixture
def desk(lake: Lake, model: ModelServer) -> Desk:
    return Desk(lake, model)


@pytest.mark.parametrize("name", [*REFUSED, *OF_ACCESS])
@pytest.mark.parametrize("texts", [["one"], ["one", "two", "three"]])
def test_a_job_that_is_refused_as_a_whole_ends_the_batch_and_can_be_asked_again(
    desk: Desk, name: str, texts: list[str]
) -> None:
    desk.model.reset(Behaviour(like=name))
    with pytest.raises(ModelAccessError, match="The endpoint says"):
        desk.settle(*texts)
    assert open_intents(desk.lake) == []
    desk.model.reset(Behaviour())
    assert DEAD not in events(desk.settle(*texts))


def test_a_line_that_is_refused_beside_answers_is_its_chunks_fault_and_tells_why(desk: Desk) -> None:
    outcomes = desk.settle("bad_request: one", "bad_request: two", "good: three")
    assert events(outcomes)[:2] == [DEAD, DEAD]
    assert "bad_request" in outcomes[0].endpoint_words


def test_one_line_alone_is_at_fault_only_where_its_route_has_answered(desk: Desk) -> None:
    with pytest.raises(ModelAccessError):
        desk.settle("bad_request: alone", run_id="one")
    desk.settle("good: text", run_id="two")
    assert events(desk.settle("bad_request: alone", run_id="three")) == [DEAD]
