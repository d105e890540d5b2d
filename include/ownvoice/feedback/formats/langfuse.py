"""Langfuse: traces (or observations) with input and output, and scores, in one record or apart.

Scores of source EVAL are a program's. A boolean or numeric score above 0 is up, and 0 or below is down; a categorical
one counts by its word. A CORRECTION is an edit of the output. Scores of TEXT say no direction.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ownvoice.feedback.formats.values import content, mapping, messages, moment, name, number, said_yes, text, turns
from ownvoice.feedback.said import Kind, Node, Piece, Place, Said
from ownvoice.storage.rows import Message

NAME = "langfuse"
TELLS = "scores with `traceId`, and traces or observations with `input` and `output`"
CONSENT = "`metadata.consent` of the trace or the score"

_UP = ("up", "thumbs up", "thumbsup", "positive", "good", "like", "liked", "yes", "true", "correct", "helpful")
_DOWN = (
    *("down", "thumbs down", "thumbsdown", "negative", "bad", "dislike", "disliked", "no", "false"),
    *("incorrect", "wrong", "unhelpful"),
)

_HOLD_TEXT = (  # the names under which applications of their own put it
    *("content", "text", "answer", "output", "response", "completion"),
    *("question", "query", "input", "prompt"),
)


def knows(record: Mapping[str, Any]) -> bool:
    """Whether a record is a score, a trace or an observation of Langfuse."""
    return _is_score(record) or ("input" in record and "output" in record and "id" in record)


def _is_score(record: Mapping[str, Any]) -> bool:
    return "traceId" in record and "input" not in record and ("value" in record or "stringValue" in record)


def read(record: Mapping[str, Any], place: str) -> Iterator[Piece | str]:
    """Yield the answer of a trace, and every score, or a sentence where a score says neither up nor down."""
    if _is_score(record):
        yield _score(record, place, {})
        return
    yield _answer(record)
    for number_of, score in enumerate(messages(record.get("scores")), 1):
        yield _score(score, f"{place}, score {number_of}", record)


def _answer(record: Mapping[str, Any]) -> Node:
    asked, output = _parsed(record.get("input")), _parsed(record.get("output"))
    return Node(
        Place(name(record.get("traceId")) or name(record.get("id")), name(record.get("id"))),
        "assistant",
        _content(output),
        text(record.get("model")) or text(mapping(record.get("metadata")).get("model")),
        name(record.get("userId")),
        said_yes(mapping(_parsed(record.get("metadata"))).get("consent")),
        _turns(asked),
    )


def _parsed(value: Any) -> Any:
    """Return a value of a CSV export, which writes objects as JSON, as the object."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _turns(asked: Any) -> tuple[Message, ...]:
    found = mapping(asked).get("messages", asked)
    if isinstance(found, list):
        return turns(found)
    words = _content(found)
    return (Message(role="user", content=words),) if words.strip() else ()


def _content(value: Any) -> str:
    """Return the text of an input or output: itself, a message's, or that of an object's one text."""
    if isinstance(value, Mapping):
        if isinstance(value.get("message"), Mapping):
            return _content(value["message"])
        return next((content(value[key]) for key in _HOLD_TEXT if key in value), "")
    if isinstance(value, list) and value and isinstance(value[-1], Mapping) and "role" in value[-1]:
        return content(value[-1].get("content"))
    return content(value)


def _score(score: Mapping[str, Any], place: str, trace: Mapping[str, Any]) -> Said | str:
    trace_id = name(score.get("traceId")) or name(trace.get("id"))
    told: dict[str, Any] = {
        "place_in_file": place,
        "at": Place(trace_id, name(score.get("observationId")) or trace_id),
        "person": name(score.get("authorUserId")) or name(score.get("userId")) or name(trace.get("userId")),
        "said_at": moment(score.get("timestamp")) or moment(score.get("updatedAt")) or moment(score.get("createdAt")),
        "comment": text(score.get("comment")),
        "tags": tuple(filter(None, [text(score.get("name"))])),
        "consent": said_yes(mapping(_parsed(score.get("metadata"))).get("consent")),
    }
    if text(score.get("source")).upper() == "EVAL":
        return Said(kind=Kind.MODEL_RATING, **told)
    if text(score.get("dataType")).upper() == "CORRECTION":
        return Said(kind=Kind.EDIT, other=_content(score.get("stringValue", score.get("value"))), **told)
    direction = _direction(score)
    if direction is None:
        return f"its score {text(score.get('name'))!r} says neither up nor down"
    return Said(kind=direction, **told)


def _direction(score: Mapping[str, Any]) -> Kind | None:
    value = number(score.get("value"))
    if text(score.get("dataType")).upper() in ("", "NUMERIC", "BOOLEAN") and value is not None:
        return Kind.UP if value > 0 else Kind.DOWN
    word = (text(score.get("stringValue")) or text(score.get("value"))).strip().lower().replace("_", " ")
    return Kind.UP if word in _UP else Kind.DOWN if word in _DOWN else None
