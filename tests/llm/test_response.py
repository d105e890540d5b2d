"""What a hostile or broken server can do to a client: each is a failure with a name, within a bound."""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from aiohttp import web

from ownvoice.config.recipe import GenerationRecipe
from ownvoice.errors import ModelAccessError
from ownvoice.llm.client import ModelAccess, open_client, request_completion
from ownvoice.llm.failures import Failure, RequestFailedError
from ownvoice.llm.request_form import RequestForm
from ownvoice.llm.response import MAX_RESPONSE_BYTES, read_json
from ownvoice.offline_model.server import serving
from ownvoice.triples.request import request_body
from stand_ins.model_fates import completion

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
SECRET = "sk-very-secret-0123456789"
GOOD = json.dumps(completion("good", 1, 1)).encode()


@contextmanager
def endpoint(handler: Handler) -> Iterator[str]:
    app = web.Application()
    app.add_routes([web.post("/v1/chat/completions", handler)])
    with serving(app) as address:
        yield f"{address}/v1"


def ask(handler: Handler, form: RequestForm | None = None) -> dict[str, Any]:
    async def request(base_url: str) -> dict[str, Any]:
        access = ModelAccess(base_url, SECRET, request_timeout_s=20)
        async with open_client(access) as client:
            return (await request_completion(client, access, request_body(GenerationRecipe(), "text"), form))[0]

    with endpoint(handler) as base_url:
        return asyncio.run(request(base_url))


def answering(body: bytes, status: int = 200, **headers: str) -> Handler:
    async def answer(_: web.Request) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(body=body, status=status, headers=named)

    return answer


async def endless(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b" " * (1 << 16))


@pytest.mark.parametrize(
    "handler",
    [
        answering(gzip.compress(b" " * (64 << 20)), Content_Encoding="gzip"),
        answering(zlib.compress(b" " * (64 << 20)), Content_Encoding="deflate"),
        answering(GOOD + b" " * MAX_RESPONSE_BYTES),
        endless,
    ],
    ids=["gzip", "deflate", "plain", "endless"],
)
def test_a_response_beyond_the_bound_is_left_and_named(handler: Handler) -> None:
    with pytest.raises(RequestFailedError) as failed:
        ask(handler)
    assert failed.value.failure is Failure.RESPONSE_TOO_LONG


@pytest.mark.parametrize(
    "handler",
    [
        answering(gzip.compress(GOOD), Content_Encoding="gzip"),
        answering(zlib.compress(GOOD), Content_Encoding="deflate"),
        answering(GOOD),
    ],
    ids=["gzip", "deflate", "plain"],
)
def test_an_answer_is_read_however_it_is_encoded(handler: Handler) -> None:
    assert ask(handler) == json.loads(GOOD)


@pytest.mark.parametrize(
    "handler",
    [
        answering(GOOD, Content_Encoding="gzip"),
        answering(gzip.compress(GOOD)[:20], Content_Encoding="gzip"),
        answering(GOOD, Content_Encoding="br"),
        answering(b""),
        answering(b"[" * 1_000_000),
    ],
    ids=["no gzip", "cut off", "another encoding", "empty", "nested"],
)
def test_a_body_that_cannot_be_read_is_no_completion(handler: Handler) -> None:
    with pytest.raises(RequestFailedError) as failed:
        ask(handler)
    assert failed.value.failure is Failure.NOT_A_COMPLETION


def test_an_error_with_an_endless_body_means_what_its_status_says() -> None:
    with pytest.raises(RequestFailedError) as failed:
        ask(answering(b" " * (2 * MAX_RESPONSE_BYTES), status=503))
    assert failed.value.failure is Failure.SERVER_ERROR


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_text_follows_a_redirect(status: int) -> None:
    reached: list[str] = []

    async def elsewhere(request: web.Request) -> web.StreamResponse:
        reached.append(await request.text())
        return web.Response(body=GOOD)

    with endpoint(elsewhere) as other, pytest.raises(ModelAccessError, match=r"sent on to 127\.0\.0\.1 \("):
        ask(answering(b"", status=status, Location=f"{other}/chat/completions"))
    assert not reached


@pytest.mark.parametrize(
    ("location", "named"),
    [
        ("https://login.example.com/?token=secret-in-query", "login.example.com"),
        ("https://someone:hunter2@login.example.com/", "login.example.com"),
        ("/elsewhere", "127.0.0.1"),
    ],
)
def test_a_redirect_is_told_with_its_host_and_nothing_else_of_it(location: str, named: str) -> None:
    with pytest.raises(ModelAccessError, match=f"sent on to {named}") as refused:
        ask(answering(b"", status=302, Location=location))
    assert "secret" not in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_no_cookie_of_the_endpoint_comes_back_to_it() -> None:
    cookies: list[str] = []

    async def sets_cookies(request: web.Request) -> web.StreamResponse:
        cookies.append(request.headers.get("Cookie", ""))
        return web.Response(body=GOOD, headers={"Set-Cookie": "stick=one; Domain=localhost"})

    async def twice(base_url: str) -> None:
        access = ModelAccess(base_url.replace("127.0.0.1", "localhost"), SECRET, request_timeout_s=20)
        async with open_client(access) as client:
            for _ in range(2):
                await request_completion(client, access, request_body(GenerationRecipe(), "text"))

    with endpoint(sets_cookies) as base_url:
        asyncio.run(twice(base_url))
    assert cookies == ["", ""]


def test_hundreds_of_requests_that_time_out_at_once_leave_no_connection_behind() -> None:
    open_at_once: set[int] = set()

    async def never(request: web.Request) -> web.StreamResponse:
        open_at_once.add(id(request))
        await asyncio.Event().wait()
        raise AssertionError

    async def ask_all(base_url: str) -> tuple[set[Failure], int]:
        access = ModelAccess(base_url, SECRET, request_timeout_s=5)
        async with open_client(access) as client:
            body = request_body(GenerationRecipe(), "text")
            ended = await asyncio.gather(
                *(request_completion(client, access, body) for _ in range(300)), return_exceptions=True
            )
            left = sum(not task.done() for task in asyncio.all_tasks()) - 1
        return {one.failure for one in ended if isinstance(one, RequestFailedError)}, left

    with endpoint(never) as base_url:
        failures, left = asyncio.run(ask_all(base_url))
    assert (failures, left) == ({Failure.TIMED_OUT}, 0)
    assert len(open_at_once) > 256


def test_a_key_that_the_server_repeats_is_masked_before_anything_is_stored() -> None:
    async def echo(request: web.Request) -> web.StreamResponse:
        return web.json_response(json.loads(GOOD) | {"seen": dict(request.headers)})

    assert SECRET not in json.dumps(ask(echo))


def test_a_number_of_thousands_of_digits_does_not_cost_the_answer() -> None:
    assert read_json(b'{"a": ' + b"9" * 10_000 + b', "b": 1}', SECRET) == {"a": float("inf"), "b": 1}


def test_a_model_that_wants_other_fields_gets_them_from_its_refusals_on() -> None:
    seen: list[set[str]] = []

    async def picky(request: web.Request) -> web.StreamResponse:
        body = await request.json()
        seen.append(set(body) & {"max_tokens", "max_completion_tokens", "temperature"})
        for field, code in (("max_tokens", "unsupported_parameter"), ("temperature", "unsupported_value")):
            if field in body:
                return web.json_response({"error": {"param": field, "code": code}}, status=400)
        return web.Response(body=GOOD)

    form = RequestForm()
    ask(picky, form)
    ask(picky, form)
    taken = {"max_completion_tokens"}
    assert seen == [{"max_tokens", "temperature"}, taken | {"temperature"}, taken, taken]


def test_a_model_that_refuses_a_field_in_every_form_is_asked_no_more() -> None:
    with pytest.raises(ModelAccessError, match="recipe's temperature"):
        ask(answering(b'{"error": {"param": "temperature", "code": "unsupported_value"}}', status=400))
