"""The edge to OpenAI's batch API, which other endpoints speak too: files in, a batch job over them, files out."""

from __future__ import annotations

import asyncio
import contextlib
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar, cast

from ownvoice.errors import ModelAccessError, ModelUnavailableError
from ownvoice.llm.batch.files import AZURE_ENDPOINT, ENDPOINT
from ownvoice.llm.batch.job_state import BatchJobState, state_of
from ownvoice.llm.batch.lines import bounded_lines
from ownvoice.llm.client import ModelAccess, connection_error, open_client
from ownvoice.llm.endpoint_address import secrets_among
from ownvoice.llm.endpoints import Endpoints
from ownvoice.llm.failures import RULES, Failure, classified, without_an_answer
from ownvoice.llm.providers import openai as openai_wire
from ownvoice.llm.response import masked, read_json
from ownvoice.storage.layout import OPEN_BATCH_JOBS

if TYPE_CHECKING:
    from openai import AsyncOpenAI
    from openai.types import Batch

INTENT_KEY = "ownvoice_intent"
"""The metadata key under which a batch job carries the id of its intent."""

Result = TypeVar("Result")

_TRIES = 3  # of a call that costs nothing when it is repeated
_FILE_IS_READ = frozenset({"pending", "running"})  # statuses of Azure
_LOOK_AT_FILE_EVERY_S = 5.0
_LOOKS_AT_FILE = 120
_CLOCK_SKEW_S = 3600
_REFUSALS = frozenset({Failure.BAD_REQUEST, Failure.CONTEXT_TOO_LONG})


def open_batch_client(access: ModelAccess) -> AsyncOpenAI:
    """Return the client of an endpoint with a batch API. Raises `ModelAccessError` for a provider with another API."""
    if access.provider is not openai_wire:
        raise ModelAccessError(
            f"{access.endpoint} has no batch API that Ownvoice speaks, only OpenAI's. Run with mode realtime."
        )
    return open_client(access)


def completions_at(client: AsyncOpenAI) -> str:
    """Return the address that a job's requests name: Azure has it without a version."""
    import openai

    return AZURE_ENDPOINT if isinstance(client, openai.AsyncAzureOpenAI) else ENDPOINT


async def upload_requests(client: AsyncOpenAI, name: str, file: bytes) -> str:
    """Upload a file of requests, which costs nothing yet; return its id when it may be submitted.

    Azure reads a file first, for which it has ten minutes: one that is not ready then is submitted all the same, and
    refused for a reason that the endpoint names.
    """
    doing = "take the file of requests"
    uploaded = await _call(client, doing, lambda: client.files.create(file=(name, file), purpose="batch"))
    file_id, status = uploaded.id, str(uploaded.status)
    for _ in range(_LOOKS_AT_FILE):
        if status not in _FILE_IS_READ:
            break
        await asyncio.sleep(_LOOK_AT_FILE_EVERY_S)
        status = str((await _call(client, doing, lambda: client.files.retrieve(file_id))).status)
    return file_id


async def create_batch_job(client: AsyncOpenAI, file_id: str, intent_id: str) -> str:
    """Submit an uploaded file, which is the call that costs money; return the batch job's id.

    The call is made once: a repetition after a lost connection could pay twice.
    """

    def create() -> Awaitable[Batch]:
        return client.batches.create(
            input_file_id=file_id,
            endpoint=cast("Any", completions_at(client)),  # the SDK's type knows OpenAI's own address alone
            completion_window="24h",
            metadata={INTENT_KEY: intent_id},
        )

    return (await _call(client, "take on the batch", create, tries=1)).id


async def find_batch_jobs(client: AsyncOpenAI, intent_id: str, since_s: float) -> list[BatchJobState]:
    """Return the batch jobs that were submitted for an intent since a Unix time in seconds, the oldest first."""

    async def find() -> list[BatchJobState]:
        found = []
        async for batch in client.batches.list(limit=100):  # the newest first
            if batch.created_at < since_s - _CLOCK_SKEW_S:
                break
            if (batch.metadata or {}).get(INTENT_KEY) == intent_id:
                found.append(state_of(batch))
        return found[::-1]

    return await _call(client, "list its batches", find)


async def batch_job_state(client: AsyncOpenAI, batch_id: str) -> BatchJobState:
    """Return the state of a batch job. Raises `ModelAccessError` where the endpoint does not know it."""
    doing = f"know {batch_id}, which the lake lists below {OPEN_BATCH_JOBS} (remove it there to ask again)"
    return state_of(await _call(client, doing, lambda: client.batches.retrieve(batch_id)))


async def cancel_batch_job(client: AsyncOpenAI, batch_id: str) -> None:
    """Cancel a batch job; the answers that it has made are paid for."""
    await _call(client, f"cancel {batch_id}", lambda: client.batches.cancel(batch_id))


async def result_lines(client: AsyncOpenAI, file_id: str) -> AsyncIterator[bytes]:
    """Yield the lines of an output or error file as they arrive, without holding the whole file.

    Of a line longer than an answer can be, only the beginning is kept (`bounded_lines`).
    """
    doing = f"give back file {file_id}"
    async with contextlib.AsyncExitStack() as stack:
        content = client.files.with_streaming_response.content
        response = await _call(client, doing, lambda: stack.enter_async_context(content(file_id)))
        with _translated(client, doing):
            async for line in bounded_lines(response.iter_bytes()):
                yield masked(line, *_secrets(client))


@contextlib.asynccontextmanager
async def open_clients(names: Iterable[str], endpoints: Endpoints) -> AsyncIterator[dict[str, AsyncOpenAI]]:
    """Yield an open client for each of the named endpoints."""
    async with contextlib.AsyncExitStack() as stack:
        yield {name: await stack.enter_async_context(open_batch_client(endpoints(name))) for name in names}


async def _call(client: AsyncOpenAI, doing: str, call: Callable[[], Awaitable[Result]], tries: int = _TRIES) -> Result:
    """Make a call, again where that may help; raise the `OwnvoiceError` that its last failure means."""
    for number in range(1, tries):
        try:
            return await call()
        except _sdk_errors() as error:
            failure = _failure(error, client)
            if not isinstance(failure, Failure) or RULES[failure].tries == 1:
                raise _meaning(error, client, doing) from None
            await asyncio.sleep(RULES[failure].wait_s(number))
    with _translated(client, doing):
        return await call()


@contextlib.contextmanager
def _translated(client: AsyncOpenAI, doing: str) -> Iterator[None]:
    try:
        yield
    except _sdk_errors() as error:
        raise _meaning(error, client, doing) from None


def _sdk_errors() -> tuple[type[Exception], ...]:
    """Return what a call may raise: the SDK and its transport let some errors of HTTP come as they are."""
    import aiohttp
    import httpx2
    import openai

    return openai.OpenAIError, httpx2.HTTPError, aiohttp.ClientError, zlib.error


def _endpoint(client: AsyncOpenAI) -> str:
    return str(client.base_url).rstrip("/")


def _secrets(client: AsyncOpenAI) -> tuple[str, ...]:
    return client.api_key, *secrets_among(client.default_headers)


def _meaning(error: Exception, client: AsyncOpenAI, doing: str) -> ModelAccessError | ModelUnavailableError:
    endpoint = _endpoint(client)
    if getattr(error, "status_code", None) in (404, 405):
        return ModelAccessError(
            f"{endpoint} does not {doing}. Check the host and key of the Airflow connection `llm_api`; "
            "where the endpoint has no batch API, run with mode realtime."
        )
    failure = _failure(error, client)
    if isinstance(failure, ModelAccessError):
        return failure
    if failure in _REFUSALS:
        return ModelAccessError(f"{endpoint} refuses to {doing}. Run with mode realtime to see what it objects to.")
    return ModelUnavailableError(f"{endpoint} did not {doing} ({failure}). Run again: nothing is submitted twice.")


def _failure(error: Exception, client: AsyncOpenAI) -> ModelAccessError | Failure:
    import openai

    if isinstance(error, openai.APIStatusError):
        details = openai_wire.read_error(error.status_code, read_json(error.response.content, *_secrets(client)))
        return classified(error.status_code, details, endpoint=_endpoint(client), model="of the batch")
    return without_an_answer(connection_error(error))
