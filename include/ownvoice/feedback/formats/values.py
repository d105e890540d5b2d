"""Values of exports as Python has them: each export writes times, texts and roles in its own way. Pure."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ownvoice.storage.rows import Message

_MILLISECONDS_FROM = 1e11  # as seconds that is the year 5138
_ROLES = {
    "human": "user",
    "user": "user",
    "assistant": "assistant",
    "ai": "assistant",
    "bot": "assistant",
    "model": "assistant",
    "system": "system",
    "developer": "system",
}

_THOUGHTS = re.compile(
    r"\A(?:\s*(?:<(?P<tag>think|thinking|thought|reasoning)>.*?(?:</(?P=tag)>|\Z)"  # as models write them
    r"|:::thinking\b.*?(?:\n:::(?!\S)|\Z)))+\s*",  # LibreChat
    re.DOTALL,
)
_FOLDED = re.compile(  # Open WebUI: thoughts and calls of tools, between the parts of an answer
    r"<details\b[^>]{0,200}?\btype=[\"'](?:reasoning|tool_calls|code_interpreter)[\"'].*?(?:</details>\s*|\Z)",
    re.DOTALL,
)


def text(value: Any) -> str:
    """Return a text that UTF-8 can hold: half a surrogate pair becomes U+FFFD. What is no text is ""."""
    if not isinstance(value, str):
        return ""
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def name(value: Any) -> str:
    """Return an id as text; exports write numbers, texts and MongoDB's `{"$oid": ...}`."""
    if isinstance(value, Mapping):
        value = value.get("$oid", "")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return text(value).strip()


def mapping(value: Any) -> Mapping[str, Any]:
    """Return `value` where it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def items(value: Any) -> list[Any]:
    """Return `value` where it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def texts(value: Any) -> tuple[str, ...]:
    """Return the texts in a list, or a text alone."""
    found = [value] if isinstance(value, str) else items(value)
    return tuple(filter(None, map(text, found)))


def said_yes(value: Any) -> bool | None:
    """Return what a record says of consent: yes, no, or None where it does not say it in so many words."""
    if isinstance(value, bool):
        return value
    return {"yes": True, "true": True, "no": False, "false": False}.get(text(value).strip().lower())


def number(value: Any) -> float | None:
    """Return a finite number, also one that is written as text; None for anything else."""
    try:
        found = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def moment(value: Any) -> dt.datetime | None:
    """Return a time in UTC: ISO 8601, seconds or milliseconds since 1970, MongoDB's `{"$date": ...}`, or a datetime.

    None where there is none that can be read. A time without a zone is UTC.
    """
    if isinstance(value, Mapping):
        return moment(value.get("$date", value.get("$numberLong")))
    if isinstance(value, dt.datetime):
        found = value
    elif (seconds := number(value)) is not None:
        seconds = seconds / 1000 if abs(seconds) >= _MILLISECONDS_FROM else seconds
        try:
            found = dt.datetime.fromtimestamp(seconds, dt.UTC)
        except (ValueError, OverflowError, OSError):
            return None
    else:
        try:
            found = dt.datetime.fromisoformat(text(value).strip())
        except ValueError:
            return None
    try:
        return found.replace(tzinfo=dt.UTC) if found.tzinfo is None else found.astimezone(dt.UTC)
    except OverflowError:
        return None


def content(value: Any) -> str:
    """Return the text of a message: a text, or the text parts of a list of parts.

    Pictures, calls of tools and a model's thoughts are left out, also where they stand in the text itself.
    """
    found = "\n".join(filter(None, map(_part, value))) if isinstance(value, list) else _part(value)
    return _THOUGHTS.sub("", _FOLDED.sub("", found))


def _part(value: Any) -> str:
    if not isinstance(value, Mapping):
        return text(value)
    if value.get("type") in ("think", "reasoning", "thinking"):  # not what the person was shown as the answer
        return ""
    found = value.get("text", value.get("content"))
    return _part(found.get("value")) if isinstance(found, Mapping) else text(found)


def role(value: Any) -> str:
    """Return `system`, `user` or `assistant`; "" for a tool's message, and for what is no role."""
    return _ROLES.get(text(value).strip().lower(), "")


def turns(value: Any) -> tuple[Message, ...]:
    """Return messages with `role` or `from`, and `content`, as turns; those of tools and empty ones are left out."""
    return kept_turns((role(one.get("role", one.get("from"))), content(one.get("content"))) for one in messages(value))


def messages(value: Any) -> list[Mapping[str, Any]]:
    """Return the objects in a list."""
    return [one for one in items(value) if isinstance(one, Mapping)]


def kept_turns(found: Iterable[tuple[str, str]]) -> tuple[Message, ...]:
    """Return roles and contents as turns, without those that have no role or no content."""
    return tuple(Message(role=who, content=what) for who, what in found if who and what.strip())
