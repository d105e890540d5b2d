"""What a model of the lake or the Hub is asked, as a request of chat completions, and its answer as a record."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from typing import Any, Literal

from ownvoice.answering.job import AnswerRow, Asked, Prompt, ScoredText
from ownvoice.llm.answers import AnswerRecord, completion_of
from ownvoice.llm.completion import Fault
from ownvoice.llm.request import RequestBody, request_key

_CUT_OFF = (Fault.TRUNCATED, Fault.ENDLESS)


class LocalBody(RequestBody):
    """A request with what decides an answer besides.

    `model` is the name with the commit, so that a model that changes under its name is asked again. `draw` tells the
    answers to one prompt apart.
    """

    prompt_template: Literal["alpaca", "chat"]
    top_p: float
    draw: int


def bodies(model: str, asked: Asked, prompt: Prompt) -> Iterator[LocalBody]:
    """Yield the request for each draw of a prompt. `model` is the name with the commit."""
    sampling = asked.sampling
    for draw in range(asked.draws):
        yield LocalBody(
            model=model,
            messages=[{"role": "user", "content": prompt.prompt}],
            max_tokens=prompt.max_new_tokens or sampling.max_new_tokens,
            temperature=sampling.temperature,
            prompt_template=asked.prompt_template,
            top_p=sampling.top_p if sampling.temperature else 1.0,
            draw=draw,
        )


def seed_of(key: str) -> int:
    """Return the seed of a request's draws, 63 bits of its key: the same in every batch."""
    return int(key[:16], 16) >> 1


def record_of(body: LocalBody, response: dict[str, Any], bought_for: list[str | int], latency_s: float) -> AnswerRecord:
    """Return an answer as the store of answers keeps it; `bought_for` is run id, article id and chunk index."""
    return {
        "request_key": request_key(body),
        "attempt": 1,
        "bought_for": bought_for,
        "request": body,
        "response": response,
        "received_at": dt.datetime.now(dt.UTC).isoformat(),
        "latency_s": round(latency_s, 3),
    }


def response_of(text: str, prompt_tokens: int, tokens: int, is_cut_off: bool, made_by: str) -> dict[str, Any]:
    """Return an answer in the form of a chat completion; `made_by` is engine, versions and device."""
    return {
        "object": "chat.completion",
        "system_fingerprint": made_by,
        "choices": [
            {
                "index": 0,
                "finish_reason": "length" if is_cut_off else "stop",
                "message": {"role": "assistant", "content": text},
            }
        ],
        "usage": {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": tokens,
            "total_tokens": prompt_tokens + tokens,
        },
    }


def row_of(record: AnswerRecord, prompt: Prompt, draw: int) -> AnswerRow:
    """Return a stored answer as a row of a job's answers."""
    completion = completion_of(record)
    return AnswerRow(
        subject=prompt.subject,
        prompt_id=prompt.prompt_id,
        draw=draw,
        request_key=record["request_key"],
        model=record["request"]["model"],
        text=completion.text.strip(),
        tokens=completion.completion_tokens,
        is_cut_off=completion.ending in _CUT_OFF,
    )


def score_key(model: str, asked: Asked, text: ScoredText) -> str:
    """Return the SHA-256 (64 hex digits) over all that a score depends on. `model` is the name with the commit."""
    parts = [model, asked.prompt_template if text.prompt else None, text.prompt, text.text]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
