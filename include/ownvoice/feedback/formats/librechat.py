"""LibreChat: an exported conversation, or its collection of messages, one a record, as `mongoexport` writes it.

`feedback` of a message has `rating` (`thumbsUp`, `thumbsDown`), a `tag` and up to 1,024 characters of `text`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ownvoice.feedback.formats.values import content, mapping, messages, moment, name, said_yes, text, texts
from ownvoice.feedback.said import Kind, Node, Piece, Place, Said

NAME = "librechat"
TELLS = "messages with `messageId`, in a conversation's `messages` or one a record"
CONSENT = "`consent` of the message or the conversation, which LibreChat itself never writes"

_RATINGS = {"thumbsup": Kind.UP, "thumbsdown": Kind.DOWN}
_ROOT = "00000000-0000-0000-0000-000000000000"  # the parent of a first message


def knows(record: Mapping[str, Any]) -> bool:
    """Whether a record is a conversation of LibreChat, or a message."""
    if "messageId" in record:
        return True
    return any("messageId" in one for one in messages(record.get("messages", record.get("messagesTree"))))


def read(record: Mapping[str, Any], place: str) -> Iterator[Piece | str]:
    """Yield every message, and what was said of it, or a sentence where its rating is none of LibreChat's."""
    if "messageId" in record:
        yield from _message(record, place, record)
        return
    waiting = messages(record.get("messages", record.get("messagesTree")))
    while waiting:
        message = waiting.pop()
        waiting += messages(message.get("children"))
        yield from _message(message, f"{place}, message {name(message.get('messageId'))}", record)


def _message(message: Mapping[str, Any], place: str, around: Mapping[str, Any]) -> Iterator[Piece | str]:
    parent = name(message.get("parentMessageId"))
    at = Place(
        name(message.get("conversationId")) or name(around.get("conversationId")),
        name(message.get("messageId")),
        "" if parent == _ROOT else parent,
    )
    consent = said_yes(message.get("consent", around.get("consent")))
    person = name(message.get("user")) or name(around.get("user"))
    model = text(message.get("model")) or text(message.get("sender"))
    body = content(message.get("content")) or content(message.get("text"))
    yield Node(at, "user" if message.get("isCreatedByUser") is True else "assistant", body, model, person, consent)
    if feedback := mapping(message.get("feedback")):
        rating = text(feedback.get("rating"))
        if rating.lower() not in _RATINGS:
            yield f"the rating of {at.message} is {rating!r}: LibreChat has thumbsUp and thumbsDown"
            return
        yield Said(
            kind=_RATINGS[rating.lower()],
            place_in_file=place,
            at=at,
            person=person,
            said_at=moment(message.get("updatedAt")) or moment(message.get("createdAt")),
            model=model,
            comment=text(feedback.get("text")),
            tags=texts(mapping(feedback.get("tag")).get("key", feedback.get("tag"))),
            consent=consent,
        )
