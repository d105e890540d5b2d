"""A chat completion as the OpenAI wire words it: its text, its ending, its usage; and the key of the request for it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, TypeGuard


class Fault(StrEnum):
    """What is wrong with an answer that arrived. The names are stable: reports and tables carry them."""

    TRUNCATED = "truncated"
    REFUSED = "refused"
    EMPTY = "empty"
    BAD_JSON = "bad_json"
    WRONG_SHAPE = "wrong_shape"


class ReadAnswer(Protocol):
    """What the way of an answer goes by: whether it is of use, and what is wrong with it."""

    @property
    def fault(self) -> Fault | None:
        """What is wrong with the answer, if anything."""

    @property
    def usable(self) -> bool:
        """Whether it need not be asked for again."""


@dataclass(frozen=True, slots=True)
class TextAnswer:
    """An answer in plain text, and what is wrong with it, if anything; one that is cut off is no use."""

    text: str
    fault: Fault | None

    @property
    def usable(self) -> bool:
        """Whether it can stand as it is."""
        return self.fault is None


def parse_text(completion: dict[str, Any]) -> TextAnswer:
    """Read the plain text out of a chat completion; whatever JSON it is, the result is a `TextAnswer`."""
    message, ending = message_and_ending(completion)
    content = message.get("content")
    text = content.strip() if is_text(content) else ""
    return TextAnswer(text, ending or (None if text else Fault.EMPTY))


def message_and_ending(completion: dict[str, Any]) -> tuple[dict[str, Any], Fault | None]:
    """Return the message, and what is wrong with how it ended."""
    choice = mapping(first(completion.get("choices")))
    message = mapping(choice.get("message"))
    finish_reason = choice.get("finish_reason")
    if finish_reason == "content_filter" or message.get("refusal"):
        return message, Fault.REFUSED
    return message, Fault.TRUNCATED if finish_reason == "length" else None


def token_usage(completion: dict[str, Any]) -> tuple[int, int]:
    """Return prompt and completion tokens as the endpoint counted them; 0 where it did not say."""
    usage = mapping(completion.get("usage"))
    prompt_tokens, completion_tokens = usage.get("prompt_tokens"), usage.get("completion_tokens")
    return (
        prompt_tokens if isinstance(prompt_tokens, int) else 0,
        completion_tokens if isinstance(completion_tokens, int) else 0,
    )


def is_text(value: object) -> TypeGuard[str]:
    """Whether `value` is a string with something in it that UTF-8 can hold (a JSON escape may be half a pair)."""
    if not isinstance(value, str) or not value.strip():
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def mapping(value: object) -> dict[str, Any]:
    """Return `value` where it is a JSON object, and else one without fields."""
    return value if isinstance(value, dict) else {}


def first(value: object) -> object:
    """Return the first element of a JSON array, or None."""
    return value[0] if isinstance(value, list) and value else None


def longer_request(body: dict[str, Any]) -> dict[str, Any]:
    """Return the request that allows twice the tokens, for a chunk whose answer was cut off."""
    return body | {"max_tokens": 2 * body["max_tokens"]}


def request_key(body: dict[str, Any]) -> str:
    """Return the SHA-256 (64 hex digits) of the canonical JSON of `body`: sorted keys, no spaces, UTF-8."""
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
