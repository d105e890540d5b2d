"""The errors of servers that speak OpenAI's API, each in its own words: one table of what has been met.

Sources: the API references of OpenAI, Azure OpenAI, OpenRouter, vLLM and LM Studio.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ownvoice.llm.json_values import first, mapping
from ownvoice.llm.providers.provider import CONTEXT_TOO_LONG, MODERATED, QUOTA_SPENT, ErrorDetails

_CODES = {
    "content_policy_violation": MODERATED,
    "moderation_blocked": MODERATED,
    "ResponsibleAIPolicyViolation": MODERATED,
    "billing_hard_limit_reached": QUOTA_SPENT,
    "insufficient_balance": QUOTA_SPENT,
    "insufficient_credits": QUOTA_SPENT,
}
"""What servers call what OpenAI has another code for."""

_TOO_LONG_IN_WORDS = (
    "maximum context length",
    "exceeds the available context size",  # llama.cpp
    "max_tokens must be at least 1, got",  # older vLLM: what the prompt leaves of the context
)
_UNSUPPORTED_CODES = frozenset({"unsupported_parameter", "unsupported_value"})
_UNSUPPORTED_IN_WORDS = re.compile(r"unsupported|not supported|not support|max_completion_tokens.{0,20}instead", re.I)

# `max_tokens` and `response_format` are no words of prose; the others count where they are quoted or come first.
_FIELD_IN_WORDS = re.compile(
    r"""\b(?P<bare>max_tokens|response_format)\b|["'`](?P<quoted>temperature|model)["'`]|\A(?P<first>temperature)\b"""
)
_WORDS_READ = 300  # characters; servers repeat the prompt after them
_BAD_REQUEST, _BAD_GATEWAY = (400, 422), 502


def error_within(value: object) -> Mapping[str, Any] | None:
    """Return the error of a response with status 200: at its top, in the first choice, or in its place."""
    body = mapping(value)
    choice = mapping(first(body.get("choices")))
    for error in (choice.get("error"), body.get("error")):
        if error:
            return _as_object(error)
    if choice.get("finish_reason") == "error":
        return {}
    return body if body.get("object") == "error" else None


def status_within(value: object) -> int | None:
    """Return the HTTP status that such an error names, 502 where it names none; None where there is no error."""
    error = error_within(value)
    if error is None:
        return None
    status = _status(error.get("code"))
    return status if isinstance(status, int) and 400 <= status < 600 else _BAD_GATEWAY


def read_error(status: int, value: object) -> ErrorDetails:
    """Read an error object, a bare string or FastAPI's `detail`."""
    error = error_within(value) or mapping(value)
    words = _words(error)
    if status in _BAD_REQUEST and any(sign in words for sign in _TOO_LONG_IN_WORDS):
        return ErrorDetails(code=CONTEXT_TOO_LONG)
    if _is_moderated(error):
        return ErrorDetails(code=MODERATED)
    code = _code(error)
    field = _field(error, words) if status in _BAD_REQUEST else None
    unsupported = code in _UNSUPPORTED_CODES or _UNSUPPORTED_IN_WORDS.search(words) is not None
    return ErrorDetails(code, field, unsupported=field is not None and unsupported)


def _as_object(error: object) -> Mapping[str, Any]:
    return {"message": error} if isinstance(error, str) else mapping(error)


def _words(error: Mapping[str, Any]) -> str:
    """Return the beginning of the message, whichever name it has."""
    for name in ("message", "detail"):
        if isinstance(text := error.get(name), str):
            return text[:_WORDS_READ]
    return ""


def _code(error: Mapping[str, Any]) -> str | int | None:
    for code in (error.get("code"), error.get("type")):
        status = _status(code)
        if status in (*_CODES, *_CODES.values()):
            return _CODES.get(str(status), status)
    return _status(error.get("code"))


def _status(code: object) -> str | int | None:
    """Return a code as it is, but a status in digits as a number."""
    if isinstance(code, str):
        return int(code) if re.fullmatch(r"[0-9]{3}", code) else code
    return code if isinstance(code, int) and not isinstance(code, bool) else None


def _is_moderated(error: Mapping[str, Any]) -> bool:
    """Whether moderation refused the prompt: Azure says it in `innererror`, OpenRouter with reasons or the input."""
    inner, metadata = mapping(error.get("innererror")), mapping(error.get("metadata"))
    codes = (_code(error), _CODES.get(str(inner.get("code"))))
    return MODERATED in codes or "reasons" in metadata or "flagged_input" in metadata


def _field(error: Mapping[str, Any], words: str) -> str | None:
    """Return the field to blame, which is named, is the place of FastAPI's `detail`, or stands in the words."""
    place = mapping(first(error.get("detail"))).get("loc")
    named = error.get("param") or (place[1] if isinstance(place, list) and len(place) > 1 else None)
    if isinstance(named, str):
        return named.partition(".")[0]
    found = _FIELD_IN_WORDS.search(words)
    return found[found.lastgroup or 0] if found else None
