"""The endpoints of a recipe, named like their Airflow connections, and asking at several of them at once."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Mapping

from ownvoice.config.generators import Route
from ownvoice.config.settings import Settings
from ownvoice.errors import ModelUnavailableError, SettingsError
from ownvoice.llm.answers import AnswerStore
from ownvoice.llm.chunk_outcome import ChunkOutcome
from ownvoice.llm.chunk_request import ChunkRequest
from ownvoice.llm.client import ModelAccess
from ownvoice.llm.context import RequestContext
from ownvoice.llm.endpoint_address import EndpointAddress
from ownvoice.llm.providers.openai import OPENAI_URL
from ownvoice.llm.rate_limit_headers import RateLimits
from ownvoice.llm.workers import ask_chunks

Endpoints = Callable[[str], ModelAccess]
"""Returns the access to an endpoint of that name. Raises `SettingsError` where nothing says how to reach it."""


def access_by(settings: Settings, address: EndpointAddress) -> ModelAccess:
    """Return the access to an endpoint with the limits of the settings; one without a key gets the key "none"."""
    return ModelAccess(
        address.base_url or OPENAI_URL,
        address.api_key or "none",
        api_version=address.api_version,
        organization=address.organization,
        project=address.project,
        headers=address.headers,
        request_timeout_s=settings.request_timeout_s,
        read_timeout_s=settings.read_timeout_s,
        max_requests_in_flight=settings.max_requests_in_flight,
        requests_per_minute=settings.requests_per_minute,
        tokens_per_minute=settings.tokens_per_minute,
        model_limits={
            model: RateLimits(limits.requests_per_minute, limits.tokens_per_minute)
            for model, limits in settings.limits.items()
        },
    )


def addresses_of(names: Iterable[str], endpoints: Endpoints) -> dict[str, str]:
    """Return the address of each endpoint, by name; one that nothing says how to reach is left out."""
    found: dict[str, str] = {}
    for name in names:
        with contextlib.suppress(SettingsError):
            found[name] = endpoints(name).endpoint
    return found


async def ask_everywhere(
    requests: Mapping[Route, Iterable[ChunkRequest]],
    answers: AnswerStore,
    endpoints: Endpoints,
    on_outcome: Callable[[ChunkOutcome], None],
    context: RequestContext | None = None,
) -> None:
    """Do what `ask_chunks` does for all routes at once, each within its own rate limits.

    They share `context` with its spending limit and tally. Where one route fails the others continue to their end,
    since their open requests are paid for; then an error that no retry can mend is raised before one that a retry may.
    """
    context = context or RequestContext()
    accesses = {(endpoint, model): endpoints(endpoint).for_model(model) for endpoint, model in requests}
    asking = (ask_chunks(requests[route], answers, accesses[route], on_outcome, context) for route in requests)
    ended = await asyncio.gather(*asking, return_exceptions=True)
    errors = [error for error in ended if error is not None]
    if errors:
        raise min(errors, key=lambda error: isinstance(error, ModelUnavailableError))
