"""The edge to the model: any endpoint that speaks OpenAI's chat completions."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ownvoice.errors import SettingsError
from ownvoice.triples.failures import Failure, RequestFailedError, classified

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_OPENAI_URL = "https://api.openai.com/v1"
_CONNECT_TIMEOUT_S = 10.0
_LARGEST_POOL = 1000  # connections that the SDK's client keeps; more requests than that would wait for one another


@dataclass(frozen=True, slots=True)
class ModelAccess:
    """Where the model is and how it is asked.

    `base_url` None means the SDK's own default: OPENAI_BASE_URL, else OpenAI. `request_timeout_s` bounds each wait
    for the endpoint. Within seconds the SDK asks up to `max_retries` times more by itself, and obeys Retry-After up
    to two minutes. Raises `SettingsError`, never with the key in it, where a field cannot be right.
    """

    base_url: str | None
    api_key: str = field(repr=False)
    request_timeout_s: float = 60.0
    max_requests_in_flight: int = 32
    max_retries: int = 4

    def __post_init__(self) -> None:
        problems = list(_problems(self))
        if problems:
            raise SettingsError(f"The model cannot be asked: {'; '.join(problems)}.")


def open_client(access: ModelAccess) -> AsyncOpenAI:
    """Return the SDK's client on its aiohttp transport (the default one scans its whole pool at every request).

    It is an async context manager that closes its connections.
    """
    import openai

    return openai.AsyncOpenAI(
        base_url=access.base_url,
        api_key=access.api_key,
        max_retries=access.max_retries,
        timeout=openai.Timeout(access.request_timeout_s, connect=min(_CONNECT_TIMEOUT_S, access.request_timeout_s)),
        http_client=openai.DefaultAioHttpClient(),
    )


async def request_completion(client: AsyncOpenAI, body: dict[str, Any]) -> dict[str, Any]:
    """Send `body` to `POST /chat/completions`; return the completion as it came.

    Raises `ModelAccessError` where no request can succeed, `RequestFailedError` where this one did not.
    """
    import aiohttp
    import openai

    try:
        answer = await client.chat.completions.with_raw_response.create(**body)
    except (openai.OpenAIError, aiohttp.ClientError) as error:
        raise classified(error, endpoint=str(client.base_url).rstrip("/"), model=body["model"]) from None
    return _completion(answer.content)


def _completion(data: bytes) -> dict[str, Any]:
    """Return the JSON of a completion; some gateways answer 200 with a web page or with an error of their own."""
    try:
        completion = json.loads(data)
    except (ValueError, RecursionError):
        completion = None
    if isinstance(completion, dict) and isinstance(completion.get("choices"), list):
        return completion
    raise RequestFailedError(Failure.NOT_A_COMPLETION)


def _problems(access: ModelAccess) -> Iterator[str]:
    key = access.api_key
    if not key:
        yield "its key is empty (an endpoint that needs none takes any word)"
    elif not key.isascii() or not key.isprintable() or key != key.strip():
        yield "its key holds a space, a line break or a character that no key has; copy it again"
    address = urlsplit(access.base_url or os.environ.get("OPENAI_BASE_URL") or _OPENAI_URL)
    if address.scheme not in ("http", "https") or not address.hostname:
        yield "its base_url is not an address that begins with http:// or https://"
    if address.username or address.password:
        yield "its base_url holds a name or password, which belong into the key"
    if access.request_timeout_s <= 0:
        yield f"request_timeout_s is {access.request_timeout_s}, and must be above 0"
    if not 1 <= access.max_requests_in_flight <= _LARGEST_POOL:
        yield f"max_requests_in_flight is {access.max_requests_in_flight}, and must be from 1 to {_LARGEST_POOL}"
    if access.max_retries < 0:
        yield f"max_retries is {access.max_retries}, and must be 0 or more"
