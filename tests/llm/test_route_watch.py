"""A refusal of one chunk is told from one that every request would meet."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.errors import ModelAccessError, ModelUnavailableError
from ownvoice.llm.answers import AnswerStore
from ownvoice.llm.providers.openai_errors import read_error
from ownvoice.llm.routes import RouteRecords
from ownvoice.states import ChunkEvent
from ownvoice.storage.stores import ObjectStore
from stand_ins.asking import access, asking, settle, settle_asks
from stand_ins.endpoint_errors import ENDPOINT_ERRORS
from stand_ins.model_behaviour import Behaviour
from stand_ins.model_server import ModelServer

pytestmark = pytest.mark.usefixtures("short_waits")

DEAD, ARRIVED = ChunkEvent.TRIES_USED_UP, ChunkEvent.ANSWER_ARRIVED
UNKNOWN_REFUSALS = sorted(name for name, error in ENDPOINT_ERRORS.items() if error.means == "bad_request")


@pytest.fixture
def routes(tmp_path) -> RouteRecords:
    return RouteRecords(ObjectStore((tmp_path / "routes").as_uri(), create_folder=True))


def of_articles(*texts_by_article: list[str]):
    asks = asking(*(text for texts in texts_by_article for text in texts))
    names = [f"article {number}" for number, texts in enumerate(texts_by_article) for _ in texts]
    return [replace(ask, article_id=name) for ask, name in zip(asks, names, strict=True)]


@pytest.mark.parametrize("name", UNKNOWN_REFUSALS)
@pytest.mark.parametrize("chunks", [1, 2, 50])
def test_where_every_request_is_refused_nothing_dies_and_the_endpoint_is_quoted(
    model: ModelServer, answers: AnswerStore, name: str, chunks: int
) -> None:
    model.reset(Behaviour(like=name))
    recorded = ENDPOINT_ERRORS[name]
    with pytest.raises(ModelAccessError) as raised:
        settle(model, answers, *(f"text {number}" for number in range(chunks)))
    assert read_error(recorded.status, recorded.body).words in str(raised.value)
    assert len(model.bodies) <= min(chunks, 4)


def test_a_key_that_is_forbidden_everything_is_advised_about(model: ModelServer, answers: AnswerStore) -> None:
    with pytest.raises(ModelAccessError, match="whatever it is asked .*Check the password of the Airflow connection"):
        settle(model, answers, "forbidden: one", "forbidden: two")


def test_a_refused_chunk_dies_alone_where_another_is_answered_and_each_is_asked_once(
    model: ModelServer, answers: AnswerStore
) -> None:
    outcomes = settle(model, answers, "bad_request: one", *(f"good: {number}" for number in range(20)))
    assert [outcome.event for outcome in outcomes] == [DEAD, *20 * [ARRIVED]]
    assert all(len(met) == 1 for met in model.met.values())


def test_a_chunk_of_another_article_is_asked_before_one_of_the_same(model: ModelServer, answers: AnswerStore) -> None:
    flagged = [f"bad_request: {number}" for number in range(6)]
    asks = of_articles(flagged, ["good: elsewhere"])
    outcomes = settle_asks(asks, answers, access(model, in_flight=1))
    assert [outcome.event for outcome in outcomes] == [*6 * [DEAD], ARRIVED]


@pytest.mark.parametrize("name", ["OpenRouter: moderated", "Azure: moderated"])
def test_an_article_that_is_flagged_costs_itself_also_as_the_first(
    model: ModelServer, answers: AnswerStore, name: str
) -> None:
    model.reset(Behaviour(like=name, like_where="violent"))
    outcomes = settle(model, answers, "violent one", "violent two", "good: three")
    assert [outcome.faults for outcome in outcomes] == [("refused",), ("refused",), ()]


def test_a_chunk_alone_is_at_fault_only_where_its_route_has_answered_before(
    model: ModelServer, answers: AnswerStore, routes: RouteRecords
) -> None:
    with pytest.raises(ModelAccessError):
        settle(model, answers, "bad_request: alone", routes=routes, run_id="first night")
    settle(model, answers, "good: text", routes=routes, run_id="second night")
    (outcome,) = settle(model, answers, "bad_request: alone", routes=routes, run_id="third night")
    assert outcome.event is DEAD


def test_what_was_answered_elsewhere_in_the_run_need_not_be_proved_again(
    model: ModelServer, answers: AnswerStore, routes: RouteRecords
) -> None:
    settle(model, answers, "good: in another task", routes=routes, run_id="night")
    outcomes = settle(model, answers, "bad_request: one", "bad_request: two", routes=routes, run_id="night")
    assert [outcome.event for outcome in outcomes] == [DEAD, DEAD]
    assert len(model.bodies) == 3


def test_a_wrong_key_is_found_out_although_yesterday_it_was_right(
    model: ModelServer, answers: AnswerStore, routes: RouteRecords
) -> None:
    settle(model, answers, "good: text", routes=routes, run_id="yesterday")
    with pytest.raises(ModelAccessError, match="whatever it is asked"):
        settle(model, answers, "bad_request: one", "bad_request: two", routes=routes, run_id="today")


def test_ten_refusals_in_a_row_of_several_articles_end_a_night_that_had_begun_well(
    model: ModelServer, answers: AnswerStore
) -> None:
    asks = of_articles(["good: first"], *([f"bad_request: {number}"] for number in range(30)))
    with pytest.raises(ModelAccessError, match="whatever it is asked"):
        settle_asks(asks, answers, access(model, in_flight=1))
    assert len(model.bodies) < 16


def test_a_failure_that_passes_proves_nothing_and_holds_nobody_back(model: ModelServer, answers: AnswerStore) -> None:
    outcomes = settle(model, answers, "server_error good: one", *(f"good: {number}" for number in range(5)))
    assert [outcome.event for outcome in outcomes] == 6 * [ARRIVED]


def test_others_that_fail_for_another_reason_condemn_nobody(model: ModelServer, answers: AnswerStore) -> None:
    passing = [f"server_error good: {number}" for number in range(5)]
    outcomes = settle(model, answers, "bad_request: one", *passing)
    assert [outcome.event for outcome in outcomes] == [DEAD, *5 * [ARRIVED]]


@pytest.mark.parametrize("in_flight", [1, 4, 64])
def test_a_chunk_that_is_asked_out_of_turn_is_paid_for_once_however_long_it_takes(
    model: ModelServer, answers: AnswerStore, in_flight: int
) -> None:
    model.reset(Behaviour(median_s=0.4, sigma=0.1))
    asks = asking("bad_request: one", *(f"good: {number}" for number in range(6)))
    patient = replace(access(model, in_flight=in_flight), request_timeout_s=30.0)
    outcomes = settle_asks(asks, answers, patient)
    assert [outcome.event for outcome in outcomes] == [DEAD, *6 * [ARRIVED]]
    assert all(len(met) == 1 for met in model.met.values())


def test_an_endpoint_that_wants_a_long_rest_when_another_is_asked_ends_the_batch(
    model: ModelServer, answers: AnswerStore
) -> None:
    with pytest.raises(ModelUnavailableError, match="wants 3600 s of rest"):
        settle(model, answers, "bad_request: one", *(f"rate_limit_for_an_hour: {number}" for number in range(5)))


def test_a_few_refused_alike_cost_themselves_where_another_is_answered(
    model: ModelServer, answers: AnswerStore
) -> None:
    refused = [f"bad_request: {number}" for number in range(3)]
    outcomes = settle(model, answers, *refused, *(f"good: {number}" for number in range(5)))
    assert [outcome.event for outcome in outcomes] == [*3 * [DEAD], *5 * [ARRIVED]]


@pytest.mark.parametrize("first", ["good", "forbidden"])
def test_one_text_that_a_gateway_forbids_costs_itself(model: ModelServer, answers: AnswerStore, first: str) -> None:
    outcomes = settle(model, answers, f"{first}: one", "forbidden: two", *(f"good: {number}" for number in range(5)))
    assert [outcome.event for outcome in outcomes] == [DEAD if first == "forbidden" else ARRIVED, DEAD, *5 * [ARRIVED]]


@given(st.integers(1, 10**9), st.integers(1, 10**9), st.text("abcxyz ", max_size=30), st.text("abcxyz ", max_size=30))
def test_numbers_ids_and_what_is_quoted_make_no_refusal_another(one: int, two: int, first: str, second: str) -> None:
    def told(number: int, quoted: str):
        return read_error(400, {"error": {"message": f'Request req-{number} refused: "{quoted}" ({number} ms)'}})

    assert told(one, first).reason == told(two, second).reason
    assert told(one, first).reason != read_error(400, {"error": {"message": "Something else."}}).reason
