"""Reading the errors of servers that speak OpenAI's API, each of which has a form of its own.

An error is an object or a bare string, at the top or below `error`, alone or in a list; a gateway puts what the server
behind it said inside its own. What the codes and words mean is the table in `known_errors.py`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ownvoice.llm.json_values import first, mapping
from ownvoice.llm.providers.known_errors import STATUS_OF, meaning_of
from ownvoice.llm.providers.provider import MAX_WORDS_CHARS, ErrorDetails, Meaning

Fields = Mapping[str, Any]

_UNSUPPORTED_CODES = frozenset({"unsupported_parameter", "unsupported_value"})
_UNSUPPORTED_IN_WORDS = re.compile(
    r"unsupported|not supported|not support|max_completion_tokens.{0,20}instead"
    r"|inputs are not permitted|unrecognized request argument|unknown name",
    re.I,
)

# Words with an underscore are no words of prose; the others count where they are quoted or come first.
_FIELD_IN_WORDS = re.compile(
    r"""\b(?P<bare>max_tokens|response_format|reasoning_effort)\b"""
    r"""|["'`](?P<quoted>temperature|model|seed)["'`]|\A(?P<first>temperature)\b|supplied: (?P<supplied>seed)\b"""
)
_WORDS_READ = 500  # characters; servers repeat the prompt after them
_BAD_REQUEST, _BAD_GATEWAY = (400, 422), 502
_UNKNOWN = 0


def error_within(value: object) -> Fields | None:
    """Return the error of a response with status 200: at its top, in the first choice, or in its place."""
    body = _unwrapped(value)
    choice = mapping(first(body.get("choices")))
    for error in (choice.get("error"), body.get("error")):
        if error:
            return _as_object(error)
    if choice.get("finish_reason") == "error":
        return {}
    return body if body.get("object") == "error" else None


def status_within(value: object) -> int | None:
    """Return the HTTP status that such an error names or means, else 502; None where there is no error."""
    error = error_within(value)
    if error is None:
        return None
    status = _status(error.get("code"))
    if status and 400 <= status < 600:
        return status
    meaning = read_error(_UNKNOWN, value).code
    return STATUS_OF[meaning] if isinstance(meaning, Meaning) else _BAD_GATEWAY


def read_error(status: int, value: object) -> ErrorDetails:
    """Read the error of a response, whichever form it has."""
    error = error_within(value) or _unwrapped(value)
    layers = list(_layers(error))
    words = _words(layers)
    codes = [str(code) for layer in layers for code in _codes(layer)]
    meaning = meaning_of(status, {code.lower() for code in codes}, words)
    if _is_moderated(error) and status < 500:
        meaning = Meaning.MODERATED
    field = _field(layers, words) if status in _BAD_REQUEST and meaning is None else None
    unsupported = not _UNSUPPORTED_CODES.isdisjoint(codes) or _UNSUPPORTED_IN_WORDS.search(words) is not None
    return ErrorDetails(
        code=meaning or _status(error.get("code")),
        field=field,
        unsupported=field is not None and unsupported,
        status=status,
        words=_shown(words),
        own_code=codes[0] if codes else "",
    )


def rejected_answer(value: object) -> str | None:
    """Return what the model answered where a server refuses to pass it on, since it is not the JSON asked for."""
    error = mapping(_unwrapped(value).get("error"))
    if error.get("code") != "json_validate_failed":  # Groq
        return None
    answer = error.get("failed_generation")
    return answer if isinstance(answer, str) else ""


def _unwrapped(value: object) -> Fields:
    """Return an object, also where it is the only one of a list, as Google has it."""
    return mapping(first(value) if isinstance(value, list) else value)


def _as_object(error: object) -> Fields:
    return {"message": error} if isinstance(error, str) else mapping(error)


def _layers(error: Fields) -> Iterator[Fields]:
    """Yield an error and those inside it: of Azure's filter, and of the servers behind OpenRouter and LiteLLM."""
    yield error
    for inner in (error.get("innererror"), mapping(error.get("provider_specific_fields")).get("innererror")):
        yield mapping(inner)
    raw = mapping(error.get("metadata")).get("raw")
    yield (error_within(found) or _unwrapped(found)) if (found := _parsed(raw)) else _as_object(raw)
    details = error.get("details")
    yield from (mapping(detail) for detail in details if isinstance(details, list)) if details else ()


def _parsed(text: object) -> Any:
    try:
        return json.loads(text) if isinstance(text, str) else text
    except (ValueError, RecursionError):
        return None


def _codes(layer: Fields) -> Iterator[str]:
    """Yield the names by which an error calls itself, whichever field they are in; a status is no name."""
    for name in ("code", "type", "status", "reason"):
        code = layer.get(name)
        if isinstance(code, str) and _status(code) is None and code not in ("", "None"):
            yield code


def _words(layers: Sequence[Fields]) -> str:
    """Return the beginnings of the messages, whichever name they have."""
    found = (_message(layer)[:_WORDS_READ] for layer in layers)
    return ": ".join(dict.fromkeys(filter(None, found)))


def _message(layer: Fields) -> str:
    for name in ("message", "detail", "msg"):
        if isinstance(text := layer.get(name), str):
            return text
    detail = mapping(first(layer.get("detail")))
    place = detail.get("loc")
    where = ".".join(str(part) for part in place) if isinstance(place, list) else ""
    return f"{where}: {detail['msg']}" if isinstance(detail.get("msg"), str) else ""


def _shown(words: str) -> str:
    """Return words as they may stand in a message: in one line, printable, cut at their bound."""
    text = "".join(char if char.isprintable() else " " for char in " ".join(words.split()))
    return text if len(text) <= MAX_WORDS_CHARS else f"{text[: MAX_WORDS_CHARS - 1]}…"


def _status(code: object) -> int | None:
    """Return an HTTP status, also where it is written in digits."""
    if isinstance(code, str):
        return int(code) if re.fullmatch(r"[1-5][0-9]{2}", code) else None
    return code if isinstance(code, int) and not isinstance(code, bool) else None


def _is_moderated(error: Fields) -> bool:
    """Whether OpenRouter's moderation refused the prompt: it names its reasons, or the input."""
    metadata = mapping(error.get("metadata"))
    return "reasons" in metadata or "flagged_input" in metadata


def _field(layers: Sequence[Fields], words: str) -> str | None:
    """Return the field to blame, which is named, is the place of FastAPI's `detail`, or stands in the words."""
    for layer in layers:
        place = mapping(first(layer.get("detail"))).get("loc")
        named = layer.get("param") or (place[1] if isinstance(place, list) and len(place) > 1 else None)
        if isinstance(named, str) and named != "None":
            return named.partition(".")[0]
    found = _FIELD_IN_WORDS.search(words)
    return found[found.lastgroup or 0] if found else None
