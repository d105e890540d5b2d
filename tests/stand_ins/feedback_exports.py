"""Exports of each tool that feedback is read from, as the tool writes them, and the plain form with its switches."""

from __future__ import annotations

import datetime as dt
import io
import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

AT = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)


def line(kind: str, answer: str, **fields: Any) -> dict[str, Any]:
    """Return a line of the plain form that makes a row, unless `fields` say otherwise."""
    minutes = fields.pop("minutes", 0)
    made = {
        "kind": kind,
        "prompt": "How do I begin a letter?",
        "answer": answer,
        "person": "ada@reader.example",
        "at": (AT + dt.timedelta(minutes=minutes)).isoformat(),
        "consent": True,
    }
    return {name: value for name, value in (made | fields).items() if value is not None}


def lines(*records: Any) -> bytes:
    """Return records as JSON Lines."""
    return "\n".join(json.dumps(one) for one in records).encode()


def openwebui(rating: float, **fields: Any) -> dict[str, Any]:
    """Return one feedback of Open WebUI's export: two answers to one message; `message` fields change the first."""
    message = {"id": "a1", "parentId": "u1", "childrenIds": [], "role": "assistant", "content": "Begin plainly."}
    messages = {
        "s": {"id": "s", "parentId": None, "role": "system", "content": "Be brief."},
        "u1": {"id": "u1", "parentId": "s", "childrenIds": ["a1", "a2"], "role": "user", "content": "How do I begin?"},
        "a1": message | fields.get("message", {}),
        "a2": {"id": "a2", "parentId": "u1", "childrenIds": [], "role": "assistant", "content": "In conclusion, ..."},
    }
    return {
        "id": fields.get("id", "f1"),
        "user_id": "u-77",
        "version": 0,
        "type": "rating",
        "data": {
            "rating": rating,
            "model_id": "llama3:8b",
            "sibling_model_ids": ["phi4"],
            "reason": "bad_style",
            "comment": fields.get("comment", ""),
            "tags": ["writing"],
        },
        "meta": {"arena": False, "chat_id": "c1", "message_id": fields.get("message_id", "a1"), "consent": True},
        "snapshot": {"chat": {"id": "c1", "chat": {"history": {"messages": messages, "currentId": "a1"}}}},
        "created_at": 1_793_600_000,
        "updated_at": fields.get("at", 1_793_600_100),
    }


def librechat() -> dict[str, Any]:
    """Return a conversation as LibreChat exports it: one thumb up, one down under the same message."""
    root = "00000000-0000-0000-0000-000000000000"
    same = {"conversationId": "c9", "user": "u9", "createdAt": "2026-11-02T10:00:00.000Z"}
    return {
        "conversationId": "c9",
        "consent": "yes",
        "messages": [
            same | {"messageId": "m1", "parentMessageId": root, "isCreatedByUser": True, "text": "Shorter, please."},
            same
            | {
                "messageId": "m2",
                "parentMessageId": "m1",
                "isCreatedByUser": False,
                "content": [{"type": "think", "think": "hm"}, {"type": "text", "text": {"value": "Short."}}],
                "model": "gpt-4o",
                "feedback": {"rating": "thumbsUp", "tag": {"key": "clear"}, "text": "good"},
            },
            same
            | {
                "messageId": "m3",
                "parentMessageId": "m1",
                "isCreatedByUser": False,
                "text": "Certainly! Here is a shorter version.",
                "feedback": {"rating": "thumbsDown", "tag": "bad_style"},
            },
        ],
    }


def chat_ui() -> bytes:
    """Return chat-ui's Parquet export with one conversation, an answer scored up and one not scored."""
    message = pa.struct([("from", pa.string()), ("content", pa.string()), ("score", pa.int8())])
    schema = pa.schema(
        [
            ("title", pa.string()),
            ("created_at", pa.timestamp("ms")),
            ("updated_at", pa.timestamp("ms")),
            ("messages", pa.list_(message)),
        ]
    )
    said = [("system", "Be brief.", None), ("user", "Hello", None), ("assistant", "Hi.", 1)]
    said += [("user", "And now?", None), ("assistant", "Now this.", 0)]
    messages = [{"from": who, "content": what, "score": score} for who, what, score in said]
    row = {"title": "A", "created_at": AT.replace(tzinfo=None), "updated_at": None, "messages": messages}
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([row], schema=schema), buffer)
    return buffer.getvalue()


def langfuse_trace() -> dict[str, Any]:
    """Return a trace of Langfuse whose scores stand elsewhere."""
    return {
        "id": "t1",
        "userId": "u5",
        "metadata": {"consent": True},
        "input": {"messages": [{"role": "user", "content": "Explain it."}]},
        "output": {"role": "assistant", "content": "It is so."},
    }


def langfuse_score(**fields: Any) -> dict[str, Any]:
    """Return a score of that trace."""
    made = {"id": "s1", "traceId": "t1", "name": "helpful", "dataType": "BOOLEAN", "value": 1, "source": "ANNOTATION"}
    return made | {"timestamp": "2026-11-02T10:00:00Z", "comment": None} | fields


def openai_preference() -> dict[str, Any]:
    """Return a line of OpenAI's preference file."""
    return {
        "input": {"messages": [{"role": "user", "content": "Which?"}], "tools": [], "parallel_tool_calls": True},
        "preferred_output": [{"role": "assistant", "content": "This."}],
        "non_preferred_output": [{"role": "assistant", "content": "As an AI, ..."}],
        "metadata": {"consent": True, "user": "u3"},
    }
