"""The edge to the model: an endpoint, the SDK's client for it, and one request in the words of its provider.

Realtime requests and batch jobs share the client. Its retries are off: what follows a failure is decided in this room.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ownvoice.errors import ModelAccessError, SettingsError
from ownvoice.llm.azure import resource_and_deployment, speaks_as_openai
from ownvoice.llm.endpoint_address import address_problems, secrets_among
from ownvoice.llm.failures import (
    Failure,
    FieldRefusedError,
    RequestFailedError,
    classified,
    classified_within_answer,
    redirected,
    without_an_answer,
)
from ownvoice.llm.providers import provider_at
from ownvoice.llm.providers.openai import OPENAI_URL
from ownvoice.llm.providers.provider import NOTHING_TOLD, ErrorDetails, Provider
from ownvoice.llm.rate_limit_headers import RateLimits, retry_after_s
from ownvoice.llm.request import RequestBody
from ownvoice.llm.request_form import RequestForm
from ownvoice.llm.response import ACCEPTED_ENCODINGS, read_json

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI
    from openai._types import RequestOptions

MAX_IN_FLIGHT = 1000
"""Most requests of one client that may be open."""

_CONNECT_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class ModelAccess:
    """An endpoint: its address and key, its time-outs and its limits.

    `base_url` None means OPENAI_BASE_URL, else OpenAI; no redirect from there is followed. `request_timeout_s` bounds a
    whole request, to the last byte of its response, and `read_timeout_s` each pause in it, also the one before the
    first byte; connecting may take ten seconds. `requests_per_minute` and `tokens_per_minute` are the account's, shared
    by all tasks that run at once, for each model without an entry in `model_limits`; None: as the endpoint announces
    them. A chunk whose requests fail and cannot have been billed is left for later only after `patience_s`.
    Raises `SettingsError` where a field cannot be right; the key is in no message.
    """

    base_url: str | None
    api_key: str = field(repr=False)
    request_timeout_s: float = 60.0
    read_timeout_s: float | None = None
    max_requests_in_flight: int = 256
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    patience_s: float = 120.0
    model_limits: Mapping[str, RateLimits] = field(default_factory=dict)
    api_version: str | None = None
    organization: str | None = None
    project: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        problems = list(_problems(self))
        if problems:
            raise SettingsError(f"The model cannot be asked: {'; '.join(problems)}.")

    @property
    def endpoint(self) -> str:
        """The base URL, without a slash at its end."""
        return (self.base_url or os.environ.get("OPENAI_BASE_URL") or OPENAI_URL).rstrip("/")

    @property
    def provider(self) -> Provider:
        """Whose API the endpoint speaks."""
        return provider_at(self.endpoint)

    @property
    def rate_limits(self) -> RateLimits:
        """The limits that the settings name."""
        return RateLimits(self.requests_per_minute, self.tokens_per_minute)

    @property
    def is_azure(self) -> bool:
        """Whether it is an Azure resource with deployments; its address that ends in /v1 is OpenAI's to a client."""
        return bool(self.api_version) and not speaks_as_openai(self.endpoint)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The key, and what further headers hold that is secret."""
        return self.api_key, *secrets_among(self.headers)

    def for_model(self, model: str) -> ModelAccess:
        """Return the access to one model, with that model's own limits where it has some."""
        own = self.model_limits.get(model, self.rate_limits)
        return replace(self, requests_per_minute=own.requests_per_minute, tokens_per_minute=own.tokens_per_minute)


def open_client(access: ModelAccess) -> AsyncOpenAI:
    """Return the SDK's client for the endpoint, an async context manager that closes its connections.

    It retries nothing and follows no redirect; responses are read within the bounds of `transport`.
    """
    import httpx2
    import openai

    from ownvoice.llm.transport import BoundedTransport

    logging.getLogger("httpx2").setLevel(logging.WARNING)  # at INFO it writes a line a request into the task's log

    connect_s = min(_CONNECT_TIMEOUT_S, access.request_timeout_s)
    options: dict[str, Any] = {
        "api_key": access.api_key,
        "organization": access.organization,
        "project": access.project,
        "max_retries": 0,
        "timeout": openai.Timeout(None, connect=connect_s, read=access.read_timeout_s or access.request_timeout_s),
        "default_headers": _headers(access),
        "http_client": httpx2.AsyncClient(
            transport=BoundedTransport(access.endpoint, MAX_IN_FLIGHT), follow_redirects=False
        ),
    }
    if access.is_azure:
        resource, deployment = resource_and_deployment(access.endpoint)
        return openai.AsyncAzureOpenAI(
            azure_endpoint=resource, azure_deployment=deployment, api_version=access.api_version, **options
        )
    query = {"api-version": access.api_version} if access.api_version else None
    return openai.AsyncOpenAI(base_url=access.endpoint, default_query=query, **options)


def _headers(access: ModelAccess) -> dict[str, Any]:
    """Return the headers of every request, and leave out those that the SDK would take from its own variables.

    It would send them to every endpoint, whose they are or not.
    """
    import openai

    foreign = [line.partition(":")[0].strip() for line in os.environ.get("OPENAI_CUSTOM_HEADERS", "").splitlines()]
    account = {"OpenAI-Organization": access.organization, "OpenAI-Project": access.project}
    left_out = [*foreign, *(name for name, value in account.items() if not value)]
    return {**dict.fromkeys(left_out, openai.omit), "Accept-Encoding": ACCEPTED_ENCODINGS, **access.headers}


async def request_completion(
    client: AsyncOpenAI, access: ModelAccess, request: RequestBody, form: RequestForm | None = None
) -> tuple[dict[str, Any], RateLimits]:
    """Send `request` in the form that the model takes; return its response's JSON, and the rate limits it announced.

    It is sent once, and again only where the model refuses a field that has another form: `form` remembers that for the
    requests that follow. Raises `ModelAccessError` where no request can succeed, `RequestFailedError` where this one
    did not.
    """
    form = form or RequestForm()
    while True:
        sent = form.not_taken
        try:
            return await _request_once(client, access, request, form.body(access.provider.body(request)))
        except FieldRefusedError as refused:
            if not (refused.unsupported and form.refuse(refused.field, sent)):
                raise


async def _request_once(
    client: AsyncOpenAI, access: ModelAccess, request: RequestBody, body: Mapping[str, Any]
) -> tuple[dict[str, Any], RateLimits]:
    provider = access.provider
    response = await _post(client, access, provider.path(request), body)
    limits = provider.announced_limits(response.headers)
    too_long = response.extensions.get("too_long", False)
    if too_long and response.status_code < 300:
        raise RequestFailedError(Failure.RESPONSE_TOO_LONG, limits=limits)
    value = read_json(response.content, *access.secrets)
    if 300 <= response.status_code < 400:
        raise redirected(response.status_code, access.endpoint, response.headers.get("location", ""))
    failure, told = _failure(access, request, response.status_code, value)
    if failure is None:
        return value, limits
    if isinstance(failure, Failure):
        raise RequestFailedError(failure, retry_after_s(response.headers), limits, told)
    raise failure


async def _post(client: AsyncOpenAI, access: ModelAccess, path: str, body: Mapping[str, Any]) -> httpx2.Response:
    """Return the response, whatever its status is. Raises `RequestFailedError` where none came in time."""
    import aiohttp
    import httpx2
    import openai

    try:
        async with asyncio.timeout(access.request_timeout_s):
            return await client.post(path, cast_to=httpx2.Response, body=body, options=_options(access))
    except openai.APIStatusError as refused:
        return refused.response
    except (openai.APIConnectionError, aiohttp.ClientError, TimeoutError) as error:
        raise RequestFailedError(without_an_answer(connection_error(error))) from None


def _options(access: ModelAccess) -> RequestOptions:
    """Return what a request needs beside its body: the key of a provider that takes it in a header of its own."""
    import openai

    options: RequestOptions = {"idempotency_key": "unused"}  # else the SDK draws one, for retries that it does not make
    if headers := access.provider.headers(access.api_key):
        options["headers"] = {"Authorization": openai.omit, **headers}
    return options


def connection_error(error: BaseException) -> BaseException:
    """Return the connection's own error: the SDK and its transport each wrap it in one of theirs."""
    import aiohttp

    while error.__cause__ is not None and not isinstance(error, aiohttp.ClientError | TimeoutError):
        error = error.__cause__
    return error


def _failure(
    access: ModelAccess, request: RequestBody, status: int, value: Any
) -> tuple[ModelAccessError | Failure | None, ErrorDetails]:
    """Return what a response means that is no answer, and what it said; None for an answer."""
    provider, names = access.provider, {"endpoint": access.endpoint, "model": request["model"]}
    if provider.is_rejected_answer(value):
        return None, NOTHING_TOLD
    if status >= 300:
        told = provider.read_error(status, value)
        return classified(status, told, **names), told
    if (within := provider.status_within(value)) is not None:
        told = provider.read_error(within, value)
        return classified_within_answer(within, told, **names), told
    return None if provider.is_completion(value) else Failure.NOT_A_COMPLETION, NOTHING_TOLD


def _problems(access: ModelAccess) -> Iterator[str]:
    yield from address_problems(access.endpoint, access.api_key, access.api_version, access.headers)
    if not 1 <= access.max_requests_in_flight <= MAX_IN_FLIGHT:
        yield f"max_requests_in_flight is {access.max_requests_in_flight}, and must be from 1 to {MAX_IN_FLIGHT}"
    for name in ("request_timeout_s", "read_timeout_s", "requests_per_minute", "tokens_per_minute", "patience_s"):
        value = getattr(access, name)
        if value is not None and value <= 0:
            yield f"{name} is {value}, and must be above 0"
