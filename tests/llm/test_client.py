from __future__ import annotations

import asyncio
import socket
import traceback
from collections.abc import Iterator
from typing import Any

import pytest

from ownvoice.config.recipe import GenerationRecipe
from ownvoice.errors import ModelAccessError, SettingsError
from ownvoice.llm.client import ModelAccess, open_client, request_completion
from ownvoice.llm.completion import Fault
from ownvoice.llm.failures import RULES, Failure, RequestFailedError
from ownvoice.llm.rate_limit_headers import RateLimits
from ownvoice.triples.request import request_body
from stand_ins.model_server import ModelServer, running_model_server

SECRET = "sk-very-secret-0123456789"


@pytest.fixture(scope="module")
def model() -> Iterator[ModelServer]:
    with running_model_server() as running:
        yield running


def ask(model: ModelServer, chunk_text: str) -> dict[str, Any]:
    return ask_at(model.base_url, request_body(GenerationRecipe(), chunk_text))


def ask_at(base_url: str, body: dict[str, Any]) -> dict[str, Any]:
    access = ModelAccess(base_url, SECRET, request_timeout_s=0.3)

    async def request() -> dict[str, Any]:
        async with open_client(access) as client:
            completion, _ = await request_completion(client, access, body)
            return completion

    return asyncio.run(request())


@pytest.mark.parametrize("response_format", ["json_object", "json_schema"])
def test_the_endpoint_receives_exactly_the_body_that_was_given(model: ModelServer, response_format: Any) -> None:
    body = request_body(GenerationRecipe(response_format=response_format), "good: “naïve” {braces}")
    ask_at(model.base_url, body)
    assert model.bodies[-1] == body


def test_the_completion_comes_back_as_the_endpoint_wrote_it(model: ModelServer) -> None:
    completion = ask(model, "good: as it came")
    assert completion["usage"] == {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
    assert set(completion) == {"id", "object", "created", "model", "choices", "usage"}


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("bad_key", "the key is not accepted. .*`llm_api`, or OPENAI_API_KEY"),
        ("unknown_model", "there is no model 'gpt-4o-mini', or no chat completions, .*OPENAI_BASE_URL"),
        ("quota", "the account's quota is spent"),
        ("bad_temperature", "does not take the recipe's temperature"),
    ],
)
def test_what_concerns_every_request_names_the_endpoint_and_what_to_do(
    model: ModelServer, fault: str, sentence: str
) -> None:
    with pytest.raises(ModelAccessError, match=f"{model.base_url}: .*{sentence}") as raised:
        ask(model, f"{fault}: text")
    assert not raised.value.retryable


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        ("too_long", Failure.CONTEXT_TOO_LONG),
        ("long_in_words", Failure.CONTEXT_TOO_LONG),
        ("bad_request", Failure.BAD_REQUEST),
        ("forbidden", Failure.BAD_REQUEST),
        ("unprocessable", Failure.BAD_REQUEST),
        ("rate_limit", Failure.RATE_LIMITED),
        ("server_error", Failure.SERVER_ERROR),
        ("overloaded", Failure.SERVER_ERROR),
        ("hanging", Failure.TIMED_OUT),
        ("trickling", Failure.TIMED_OUT),
        ("dropped", Failure.CONNECTION_LOST),
        ("web_page", Failure.NOT_A_COMPLETION),
        ("error_as_answer", Failure.ERROR_IN_ANSWER),
    ],
)
def test_what_concerns_one_request_has_a_name(model: ModelServer, fault: str, failure: Failure) -> None:
    with pytest.raises(RequestFailedError) as raised:
        ask(model, f"{fault}: text")
    assert raised.value.failure is failure


def test_every_class_has_a_rule() -> None:
    assert set(RULES) == {*Failure, *Fault}


def test_what_was_never_sent_or_was_refused_is_not_billed() -> None:
    unbilled = {failure for failure in Failure if not RULES[failure].may_be_billed}
    assert set(Failure) - unbilled == {
        Failure.TIMED_OUT,
        Failure.QUEUED,
        Failure.HUNG,
        Failure.CONNECTION_LOST,
        Failure.NOT_A_COMPLETION,
        Failure.RESPONSE_TOO_LONG,
        Failure.ERROR_IN_ANSWER,
    }


def test_a_refusal_for_rate_brings_its_wait_and_the_limits_with_it(model: ModelServer) -> None:
    with pytest.raises(RequestFailedError) as raised:
        ask(model, "rate_limit: text")
    assert raised.value.retry_after_s == 0.01
    assert raised.value.limits == RateLimits(requests_per_minute=6000, tokens_per_minute=None)


def test_a_silent_endpoint_is_left_after_the_read_time_out_and_long_before_the_whole_one(model: ModelServer) -> None:
    access = ModelAccess(model.base_url, SECRET, request_timeout_s=600, read_timeout_s=0.1)

    async def request() -> None:
        async with open_client(access) as client:
            await request_completion(client, access, request_body(GenerationRecipe(), "hanging: text"))

    with pytest.raises(RequestFailedError) as failed:
        asyncio.run(asyncio.wait_for(request(), 30))
    assert failed.value.failure is Failure.TIMED_OUT


def test_an_address_where_nothing_listens_was_never_connected() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(RequestFailedError) as raised:
            ask_at(f"http://127.0.0.1:{unused.getsockname()[1]}/v1", request_body(GenerationRecipe(), "text"))
    assert raised.value.failure is Failure.NOT_CONNECTED


def test_an_endpoint_that_does_not_speak_http_is_a_lost_connection() -> None:
    async def talk_to_gibberish() -> None:
        async def gibberish(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"220 mail.example ESMTP\r\n")
            writer.close()

        server = await asyncio.start_server(gibberish, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        access = ModelAccess(f"http://127.0.0.1:{port}/v1", SECRET)
        async with server, open_client(access) as client:
            await request_completion(client, access, request_body(GenerationRecipe(), "text"))

    with pytest.raises(RequestFailedError) as raised:
        asyncio.run(talk_to_gibberish())
    assert raised.value.failure is Failure.CONNECTION_LOST


def test_a_request_is_sent_once_whatever_becomes_of_it(model: ModelServer) -> None:
    with pytest.raises(RequestFailedError):
        ask(model, "server_error good: once")
    assert model.met["server_error good: once"] == ["server_error"]


def test_the_key_stands_in_no_text_about_the_access_or_its_errors(model: ModelServer) -> None:
    texts = [repr(ModelAccess(model.base_url, SECRET)), str(ModelAccess(model.base_url, SECRET))]
    for fault in ("bad_key", "forbidden", "unknown_model", "quota", "server_error", "bad_request", "dropped"):
        with pytest.raises((ModelAccessError, RequestFailedError)) as raised:
            ask(model, f"{fault}: text about the key")
        texts += [repr(raised.value), *traceback.format_exception(raised.value)]
    assert SECRET not in "\n".join(texts)


@pytest.mark.parametrize("address", ["localhost:8000", "https://", "http://someone:hunter2@localhost/v1"])
def test_an_address_that_cannot_be_right_is_refused_wherever_it_comes_from(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", address)
    for base_url in (address, None):
        with pytest.raises(SettingsError, match="its base_url") as raised:
            ModelAccess(base_url, SECRET)
        assert "hunter2" not in str(raised.value)


def test_all_impossible_settings_are_named_at_once_without_the_key() -> None:
    with pytest.raises(SettingsError) as raised:
        ModelAccess(
            "localhost:8000", f"{SECRET}\n", request_timeout_s=0, max_requests_in_flight=0, requests_per_minute=-1
        )
    message = str(raised.value)
    for part in ("line break", "base_url", "request_timeout_s", "max_requests_in_flight", "requests_per_minute"):
        assert part in message
    assert SECRET not in message


@pytest.mark.parametrize("key", ["", " padded", "sk-\u2019typographic"])
def test_a_key_that_no_header_can_carry_is_refused(key: str) -> None:
    with pytest.raises(SettingsError, match="its key"):
        ModelAccess(None, key)
