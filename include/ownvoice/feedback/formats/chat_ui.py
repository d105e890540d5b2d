"""Hugging Face chat-ui: its Parquet export, a conversation a row, each message with `from`, `content` and `score`.

It has no ids, so that siblings cannot be known, and names nobody. Sharing is on by default there, which is no consent:
name the file in the settings where its people gave theirs. The conversations of its database have ids, ancestors and
people, and are read with them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from ownvoice.feedback.formats.values import content, items, messages, moment, name, number, role, said_yes, text, turns
from ownvoice.feedback.said import Kind, Place, Said

NAME = "chat_ui"
TELLS = "rows with `messages`, each with `from`"
CONSENT = "`consent` of the row, which chat-ui itself never writes"


def knows(record: Mapping[str, Any]) -> bool:
    """Whether a record is a conversation of chat-ui."""
    found = messages(record.get("messages"))
    return bool(found) and all("from" in one for one in found)


def read(record: Mapping[str, Any], place: str) -> Iterator[Said]:
    """Yield the scores of a conversation: above 0 is up, below is down, 0 is none."""
    found = messages(record.get("messages"))
    by_id = {name(one.get("id")): one for one in found if one.get("id")}
    conversation = name(record.get("_id")) or _mark_of(record, found)
    ended = moment(record.get("updatedAt")) or moment(record.get("updated_at")) or moment(record.get("created_at"))
    for index, message in enumerate(found):
        score = number(message.get("score")) or 0
        if role(message.get("from")) == "assistant" and score:
            yield Said(
                kind=Kind.UP if score > 0 else Kind.DOWN,
                place_in_file=f"{place}, message {index + 1}",
                at=Place(conversation, name(message.get("id")) or str(index + 1), _parent(message)),
                turns=turns(_before(message, found[:index], by_id)),
                answer=content(message.get("content")),
                person=name(record.get("userId")) or name(record.get("sessionId")),
                model=text(record.get("model")),
                said_at=moment(message.get("updatedAt")) or ended,
                consent=said_yes(record.get("consent")),
            )


def _mark_of(record: Mapping[str, Any], found: list[Mapping[str, Any]]) -> str:
    """Return what a conversation without an id is known by: how it begins, and when."""
    begins = [record.get("title"), content(found[0].get("content")), str(moment(record.get("created_at")))]
    return hashlib.sha256(json.dumps(begins, default=str).encode()).hexdigest()[:32]


def _parent(message: Mapping[str, Any]) -> str:
    """Return the id of the message before, the last of the ancestors; "" where they are not told."""
    return name((items(message.get("ancestors")) or [""])[-1])


def _before(
    message: Mapping[str, Any], above: list[Mapping[str, Any]], by_id: Mapping[str, Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Return the messages that lead to one: its ancestors where they are told, else all that stand above it."""
    ancestors = [by_id[key] for one in items(message.get("ancestors")) if (key := name(one)) in by_id]
    return ancestors or above
