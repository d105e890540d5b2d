"""Asking about chunks of text, with short patience: what the tests of the realtime and the batch path share."""

from __future__ import annotations

import asyncio
from typing import Any

from ownvoice.config.recipe import GenerationRecipe
from ownvoice.llm.answers import AnswerStore
from ownvoice.llm.chunk_outcome import ChunkOutcome
from ownvoice.llm.chunk_request import ChunkRequest
from ownvoice.llm.client import ModelAccess
from ownvoice.llm.context import RequestContext
from ownvoice.llm.request import request_key
from ownvoice.llm.workers import ask_chunks
from ownvoice.triples.parse import parse_answer
from ownvoice.triples.request import request_body
from stand_ins.model_server import ModelServer

RECIPE = GenerationRecipe()


def asking(*chunk_texts: str) -> list[ChunkRequest]:
    """Return a request for each chunk text, all of one article."""
    bodies = [request_body(RECIPE, text) for text in chunk_texts]
    return [
        ChunkRequest("article", index, request_key(body), body, read=parse_answer) for index, body in enumerate(bodies)
    ]


def access(model: ModelServer, *, in_flight: int = 4, patience_s: float = 0.01) -> ModelAccess:
    """Return the access to the stand-in, with time-outs and waits that are short enough for tests."""
    return ModelAccess(
        model.base_url,
        "sk-key",
        request_timeout_s=1.0,
        max_requests_in_flight=in_flight,
        patience_s=patience_s,
    )


def settle_asks(
    asks: list[ChunkRequest], answers: AnswerStore, access: ModelAccess, **options: Any
) -> list[ChunkOutcome]:
    """Send the requests and return their outcomes in the order of the chunks."""
    outcomes: list[ChunkOutcome] = []
    context = RequestContext(others=lambda _: asks, **options)
    asyncio.run(ask_chunks(asks, answers, access, outcomes.append, context))
    return sorted(outcomes, key=lambda outcome: outcome.chunk_index)


def settle(model: ModelServer, answers: AnswerStore, *chunk_texts: str, **options: Any) -> list[ChunkOutcome]:
    """Ask about the chunk texts with a short patience; return the outcomes in their order."""
    return settle_asks(asking(*chunk_texts), answers, access(model), **options)
