"""The edge to OpenAI's batch API, which other endpoints speak too: files in, a batch job over them, files out."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import TYPE_CHECKING

from ownvoice.errors import ModelAccessError, ModelUnavailableError
from ownvoice.llm.batch.files import ENDPOINT
from ownvoice.llm.batch.job_state import BatchJobState, state_of
from ownvoice.llm.client import CONNECT_TIMEOUT_S, ModelAccess
from ownvoice.llm.endpoints import Endpoints
from ownvoice.llm.failures import Failure, classified, without_an_answer
from ownvoice.llm.providers import openai as openai_wire
from ownvoice.llm.response import masked
from ownvoice.storage.layout import OPEN_BATCH_JOBS

if TYPE_CHECKING:
    from openai import AsyncOpenAI

INTENT_KEY = "ownvoice_intent"
"""The metadata key under which a batch job carries the id of its intent."""

_CLOCK_SKEW_S = 3600
_REFUSALS = frozenset({Failure.BAD_REQUEST, Failure.CONTEXT_TOO_LONG})


def open_client(access: ModelAccess) -> AsyncOpenAI:
    """Return the SDK's client, an async context manager that closes its connections.

    The SDK retries failed calls by itself. Raises `ModelAccessError` for a provider with another API.
    """
    import openai

    if access.provider is not openai_wire:
        raise ModelAccessError(
            f"{access.endpoint} has no batch API that Ownvoice speaks, only OpenAI's. Run with mode realtime."
        )

    return openai.AsyncOpenAI(
        base_url=access.endpoint,
        api_key=access.api_key,
        timeout=openai.Timeout(access.request_timeout_s, connect=min(CONNECT_TIMEOUT_S, access.request_timeout_s)),
        http_client=openai.DefaultAioHttpClient(follow_redirects=False),
    )


async def upload_requests(client: AsyncOpenAI, name: str, file: bytes) -> str:
    """Upload a file of requests, which costs nothing yet; return its id."""
    async with _translated(client, "take the file of requests"):
        return (await client.files.create(file=(name, file), purpose="batch")).id


async def create_batch_job(client: AsyncOpenAI, file_id: str, intent_id: str) -> str:
    """Submit an uploaded file, which is the call that costs money; return the batch job's id.

    The call is made once: a retry of the SDK after a lost connection could pay twice.
    """
    once = client.with_options(max_retries=0)
    async with _translated(client, "take on the batch"):
        batch = await once.batches.create(
            input_file_id=file_id,
            endpoint=ENDPOINT,
            completion_window="24h",
            metadata={INTENT_KEY: intent_id},
        )
    return batch.id


async def find_batch_jobs(client: AsyncOpenAI, intent_id: str, since_s: float) -> list[BatchJobState]:
    """Return the batch jobs that were submitted for an intent since a Unix time in seconds, the oldest first."""
    found = []
    async with _translated(client, "list its batches"):
        async for batch in client.batches.list(limit=100):  # the newest first
            if batch.created_at < since_s - _CLOCK_SKEW_S:
                break
            if (batch.metadata or {}).get(INTENT_KEY) == intent_id:
                found.append(state_of(batch))
    return found[::-1]


async def batch_job_state(client: AsyncOpenAI, batch_id: str) -> BatchJobState:
    """Return the state of a batch job. Raises `ModelAccessError` where the endpoint does not know it."""
    async with _translated(
        client, f"know {batch_id}, which the lake lists below {OPEN_BATCH_JOBS} (remove it there to ask again)"
    ):
        return state_of(await client.batches.retrieve(batch_id))


async def cancel_batch_job(client: AsyncOpenAI, batch_id: str) -> None:
    """Cancel a batch job; the answers that it has made are paid for."""
    async with _translated(client, f"cancel {batch_id}"):
        await client.batches.cancel(batch_id)


async def result_lines(client: AsyncOpenAI, file_id: str) -> AsyncIterator[bytes]:
    """Yield the lines of an output or error file as they arrive, without holding the whole file."""
    rest = b""
    async with (
        _translated(client, f"give back file {file_id}"),
        client.files.with_streaming_response.content(file_id) as response,
    ):
        async for part in response.iter_bytes():
            # The SDK's own lines end at U+2028 too, which an answer may contain.
            *lines, rest = (rest + part).split(b"\n")
            for line in lines:
                yield masked(line, client.api_key)
    if rest:
        yield masked(rest, client.api_key)


@contextlib.asynccontextmanager
async def open_clients(names: Iterable[str], endpoints: Endpoints) -> AsyncIterator[dict[str, AsyncOpenAI]]:
    """Yield an open client for each of the named endpoints."""
    async with contextlib.AsyncExitStack() as stack:
        yield {name: await stack.enter_async_context(open_client(endpoints(name))) for name in names}


@contextlib.asynccontextmanager
async def _translated(client: AsyncOpenAI, doing: str) -> AsyncIterator[None]:
    import aiohttp
    import openai

    try:
        yield
    except (openai.OpenAIError, aiohttp.ClientError, TimeoutError) as error:
        raise _meaning(error, str(client.base_url).rstrip("/"), doing) from None


def _meaning(error: Exception, endpoint: str, doing: str) -> ModelAccessError | ModelUnavailableError:
    if getattr(error, "status_code", None) in (404, 405):
        return ModelAccessError(
            f"{endpoint} does not {doing}. Check the host and key of the Airflow connection `llm_api`; "
            "where the endpoint has no batch API, run with mode realtime."
        )
    failure = _failure(error, endpoint)
    if isinstance(failure, ModelAccessError):
        return failure
    if failure in _REFUSALS:
        return ModelAccessError(f"{endpoint} refuses to {doing}. Run with mode realtime to see what it objects to.")
    return ModelUnavailableError(f"{endpoint} did not {doing} ({failure}). Run again: nothing is submitted twice.")


def _failure(error: Exception, endpoint: str) -> ModelAccessError | Failure:
    import aiohttp
    import openai

    if isinstance(error, openai.APIStatusError):
        details = openai_wire.read_error(error.status_code, {"error": error.body})
        return classified(error.status_code, details, endpoint=endpoint, model="of the batch")
    within = (cause for cause in _causes(error) if isinstance(cause, aiohttp.ClientError | TimeoutError))
    return without_an_answer(next(within, error))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and its causes: the SDK and its transport each wrap the error of the connection."""
    while error is not None:
        yield error
        error = error.__cause__
