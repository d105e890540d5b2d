"""Open WebUI: the export of all feedback, in which each record carries its chat as it stood when the person rated.

Its ratings are 1 and -1. An answer that a person edited in place keeps what the model wrote as `originalContent`; a
saved copy is a sibling like any other answer, and nothing says that a person wrote it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ownvoice.feedback.formats.values import (
    content,
    kept_turns,
    mapping,
    messages,
    moment,
    name,
    number,
    role,
    said_yes,
    text,
    texts,
)
from ownvoice.feedback.said import Kind, Place, Said
from ownvoice.storage.rows import Message

NAME = "open_webui"
TELLS = "each record has `data` with a `rating`, `meta` with a `message_id`, and `snapshot`"
CONSENT = "`meta.consent` of the record, which Open WebUI itself never writes"


def knows(record: Mapping[str, Any]) -> bool:
    """Whether a record is a feedback of Open WebUI."""
    return "rating" in mapping(record.get("data")) and (
        "message_id" in mapping(record.get("meta")) or "snapshot" in record
    )


def read(record: Mapping[str, Any], place: str) -> Iterator[Said]:
    """Yield the rating, and the edit where the answer was edited. Raises `ValueError` for another rating."""
    data, meta = mapping(record.get("data")), mapping(record.get("meta"))
    chat = mapping(mapping(record.get("snapshot")).get("chat"))
    known = _messages(chat)
    message_id = name(meta.get("message_id"))
    message = known.get(message_id)
    rating = number(data.get("rating"))
    if rating not in (1, -1):
        raise ValueError(f"its rating is {data.get('rating')!r}: a rating of Open WebUI is 1 or -1")
    told: dict[str, Any] = {
        "place_in_file": place,
        "at": Place(
            name(meta.get("chat_id")) or name(chat.get("id")), message_id, name((message or {}).get("parentId"))
        ),
        "turns": _before(known, message) if message else None,
        "person": name(record.get("user_id")),
        "said_at": moment(record.get("updated_at")) or moment(record.get("created_at")),
        "model": text(data.get("model_id")),
        "comment": text(data.get("comment")),
        "tags": tuple(dict.fromkeys((*texts(data.get("tags")), *texts(data.get("reason"))))),
        "consent": said_yes(meta.get("consent")),
    }
    kind = Kind.UP if rating == 1 else Kind.DOWN
    now = content(message.get("content")) if message else None
    original = content(message.get("originalContent")) if message else ""
    if original and original != now:
        yield Said(kind=kind, answer=original, other=now, **told)
        yield Said(kind=Kind.EDIT, answer=original, other=now, **told)
    else:
        yield Said(kind=kind, answer=now, **told)


def _messages(chat: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the messages of a chat by id: of its history or, in a snapshot without one, of its list."""
    inner = mapping(chat.get("chat")) or chat
    history = mapping(mapping(inner.get("history")).get("messages"))
    if history:
        return {str(key): mapping(one) for key, one in history.items()}
    return {name(one.get("id")): one for one in messages(inner.get("messages"))}


def _before(known: Mapping[str, Mapping[str, Any]], message: Mapping[str, Any]) -> tuple[Message, ...]:
    """Return the messages that lead to `message`, by its parents; one that names itself as a parent ends the way."""
    way: list[Mapping[str, Any]] = []
    seen: set[str] = set()
    parent = name(message.get("parentId"))
    while parent in known and parent not in seen:
        seen.add(parent)
        way.insert(0, known[parent])
        parent = name(known[parent].get("parentId"))
    return kept_turns((role(one.get("role")), content(one.get("content"))) for one in way)
