from __future__ import annotations

import asyncio
import socket
import traceback
from collections.abc import Iterator
from typing import Any

import pytest

from ownvoice.errors import ModelAccessError, SettingsError
from ownvoice.recipe import GenerationRecipe
from ownvoice.triples.client import ModelAccess, open_client, request_completion
from ownvoice.triples.failures import Failure, RequestFailedError
from ownvoice.triples.request import request_body
from stand_ins.faulty_model import FaultyModel, running_faulty_model

SECRET = "sk-very-secret-0123456789"


@pytest.fixture(scope="module")
def model() -> Iterator[FaultyModel]:
    with running_faulty_model() as running:
        yield running


def ask(model: FaultyModel, chunk_text: str, *, max_retries: int = 0) -> dict[str, Any]:
    return ask_at(model.base_url, request_body(GenerationRecipe(), chunk_text), max_retries=max_retries)


def ask_at(base_url: str, body: dict[str, Any], *, max_retries: int = 0) -> dict[str, Any]:
    access = ModelAccess(base_url, SECRET, request_timeout_s=0.3, max_retries=max_retries)

    async def request() -> dict[str, Any]:
        async with open_client(access) as client:
            return await request_completion(client, body)

    return asyncio.run(request())


@pytest.mark.parametrize("response_format", ["json_object", "json_schema"])
def test_the_endpoint_receives_exactly_the_body_that_was_given(model: FaultyModel, response_format: Any) -> None:
    body = request_body(GenerationRecipe(response_format=response_format), "good: “naïve” {braces}")
    ask_at(model.base_url, body)
    assert model.bodies[-1] == body


def test_the_completion_comes_back_as_the_endpoint_wrote_it(model: FaultyModel) -> None:
    completion = ask(model, "good: as it came")
    assert completion["usage"] == {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
    assert set(completion) == {"id", "object", "created", "model", "choices", "usage"}


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("bad_key", "the key is not accepted. .*`llm_api`, or OPENAI_API_KEY"),
        ("forbidden", "the key may not use model 'gpt-4o-mini'"),
        ("unknown_model", "there is no model 'gpt-4o-mini', or no chat completions, .*OPENAI_BASE_URL"),
        ("quota", "the account's quota is spent"),
        ("bad_temperature", "does not take the recipe's temperature"),
    ],
)
def test_what_concerns_every_request_names_the_endpoint_and_what_to_do(
    model: FaultyModel, fault: str, sentence: str
) -> None:
    with pytest.raises(ModelAccessError, match=f"{model.base_url}: .*{sentence}") as raised:
        ask(model, f"{fault}: text")
    assert not raised.value.retryable


@pytest.mark.parametrize(
    ("fault", "failure", "later_may_help"),
    [
        ("too_long", Failure.CONTEXT_TOO_LONG, False),
        ("long_in_words", Failure.CONTEXT_TOO_LONG, False),
        ("bad_request", Failure.BAD_REQUEST, False),
        ("unprocessable", Failure.BAD_REQUEST, False),
        ("rate_limit", Failure.RATE_LIMITED, True),
        ("server_error", Failure.SERVER_ERROR, True),
        ("overloaded", Failure.SERVER_ERROR, True),
        ("hanging", Failure.TIMED_OUT, True),
        ("dropped", Failure.CONNECTION_LOST, True),
        ("web_page", Failure.NOT_A_COMPLETION, True),
        ("error_as_answer", Failure.NOT_A_COMPLETION, True),
    ],
)
def test_what_concerns_one_request_has_a_name_and_says_whether_later_may_help(
    model: FaultyModel, fault: str, failure: Failure, later_may_help: bool
) -> None:
    with pytest.raises(RequestFailedError) as raised:
        ask(model, f"{fault}: text")
    assert (raised.value.failure, raised.value.later_may_help) == (failure, later_may_help)


def test_an_address_where_nothing_listens_is_a_lost_connection() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(RequestFailedError) as raised:
            ask_at(f"http://127.0.0.1:{unused.getsockname()[1]}/v1", request_body(GenerationRecipe(), "text"))
    assert raised.value.failure is Failure.CONNECTION_LOST


def test_an_endpoint_that_does_not_speak_http_is_a_lost_connection() -> None:
    async def talk_to_gibberish() -> None:
        async def gibberish(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"220 mail.example ESMTP\r\n")
            writer.close()

        server = await asyncio.start_server(gibberish, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        access = ModelAccess(f"http://127.0.0.1:{port}/v1", SECRET, max_retries=0)
        async with server, open_client(access) as client:
            await request_completion(client, request_body(GenerationRecipe(), "text"))

    with pytest.raises(RequestFailedError) as raised:
        asyncio.run(talk_to_gibberish())
    assert raised.value.failure is Failure.CONNECTION_LOST


def test_a_passing_fault_is_asked_again_within_the_request(model: FaultyModel) -> None:
    chunk_text = "rate_limit server_error good: text"
    assert ask(model, chunk_text, max_retries=2)["choices"]
    assert model.met[chunk_text] == ["rate_limit", "server_error", "good"]


def test_the_key_stands_in_no_text_about_the_access_or_its_errors(model: FaultyModel) -> None:
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
        ModelAccess("localhost:8000", f"{SECRET}\n", request_timeout_s=0, max_requests_in_flight=0, max_retries=-1)
    message = str(raised.value)
    for part in ("line break", "base_url", "request_timeout_s", "max_requests_in_flight", "max_retries"):
        assert part in message
    assert SECRET not in message


@pytest.mark.parametrize("key", ["", " padded", "sk-\u2019typographic"])
def test_a_key_that_no_header_can_carry_is_refused(key: str) -> None:
    with pytest.raises(SettingsError, match="its key"):
        ModelAccess(None, key)
