"""Hugging Face chat-ui: its Parquet export, a conversation a row, each message with `from`, `content` and `score`.

It has no ids, so that siblings cannot be known, and names nobody. Sharing is on by default there, which is no consent:
name the file in the settings where its people gave theirs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from ownvoice.feedback.formats.values import content, messages, moment, number, role, said_yes, turns
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
    begins = json.dumps([record.get("title"), content(found[0].get("content"))], default=str)
    began = moment(record.get("created_at"))
    conversation = hashlib.sha256(f"{begins} {began}".encode(errors="replace")).hexdigest()[:32]
    for index, message in enumerate(found):
        score = number(message.get("score")) or 0
        if role(message.get("from")) == "assistant" and score:
            yield Said(
                kind=Kind.UP if score > 0 else Kind.DOWN,
                place_in_file=f"{place}, message {index + 1}",
                at=Place(conversation, str(index + 1)),
                turns=turns(found[:index]),
                answer=content(message.get("content")),
                said_at=moment(record.get("updated_at")) or began,
                consent=said_yes(record.get("consent")),
            )
