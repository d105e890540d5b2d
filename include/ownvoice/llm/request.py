"""A request to a model, in the words of OpenAI's chat completions, and the key under which its answers are stored."""

from __future__ import annotations

import hashlib
import json
from typing import Any, NotRequired, TypedDict


class Message(TypedDict):
    """One message of a request; `role` is "system" or "user"."""

    role: str
    content: str


class RequestBody(TypedDict):
    """The body of a chat completions request.

    It is the same for every provider, so that an answer is found again after its endpoint has changed; a provider with
    other words translates it when it is sent.
    """

    model: str
    messages: list[Message]
    max_tokens: int
    temperature: NotRequired[float]
    reasoning_effort: NotRequired[str]
    response_format: NotRequired[dict[str, Any]]
    seed: NotRequired[int]


def request_key(body: RequestBody) -> str:
    """Return the SHA-256 (64 hex digits) of the canonical JSON of `body`: sorted keys, no spaces, UTF-8."""
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def longer_request(body: RequestBody) -> RequestBody:
    """Return the request that allows twice the tokens, for an answer that was cut off."""
    return {**body, "max_tokens": 2 * body["max_tokens"]}


def shorter_request(body: RequestBody) -> RequestBody:
    """Return the request that `longer_request` made `body` from."""
    return {**body, "max_tokens": body["max_tokens"] // 2}
