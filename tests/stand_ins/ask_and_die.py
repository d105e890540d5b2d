"""Work that is no refresh, in a process of its own that kills itself with SIGKILL.

Run as: python ask_and_die.py LAKE MODEL_URL MODE (ANSWERS | MODULE:FUNCTION) TOKENS

It may spend so many tokens. It dies when so many answers are stored, or right after the named function has returned.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from typing import Any

from ownvoice.answering.asking import Work, ask
from ownvoice.config.options import Mode
from ownvoice.llm.answers import AnswerRecord, AnswerStore
from ownvoice.llm.budget import UNLIMITED, Spend
from ownvoice.llm.chunk_outcome import ChunkOutcome
from ownvoice.llm.chunk_request import ChunkRequest
from ownvoice.llm.client import ModelAccess
from ownvoice.llm.request import RequestBody, request_key
from ownvoice.storage.lake import Lake
from stand_ins.dying import die_after


def questions(count: int, model: str = "judge-1", endpoint: str = "llm_api") -> list[ChunkRequest]:
    """Return requests of plain text about one article, each at a place of its own."""
    found = []
    for number in range(count):
        text = f"Which is better, {number} or {number + 1}?"
        body = RequestBody(model=model, messages=[{"role": "user", "content": text}], max_tokens=100)
        found.append(ChunkRequest("article", number, request_key(body), body, endpoint=endpoint))
    return found


def ask_as_judges(
    lake: Lake,
    model_url: str,
    requests: Sequence[ChunkRequest],
    mode: Mode = "realtime",
    share: Spend = UNLIMITED,
    **changes: Any,
) -> list[ChunkOutcome]:
    """Ask as the work `judges` of a run that is no refresh, one request at a time."""
    access = ModelAccess(model_url, "offline", request_timeout_s=2.0, max_requests_in_flight=1, patience_s=0.01)
    work = Work(lake, "manual/judging", "judges", mode=mode, share=share, unit="judgements", **changes)
    return ask(work, requests, lambda _: access)


def _die_after_answers(count: int) -> None:
    put, stored = AnswerStore.put, []

    async def put_and_die(self: AnswerStore, key: str, attempt: int, record: AnswerRecord) -> AnswerRecord:
        stored.append(await put(self, key, attempt, record))
        if len(stored) == count:
            os.kill(os.getpid(), signal.SIGKILL)
        return stored[-1]

    setattr(AnswerStore, "put", put_and_die)  # noqa: B010 (mypy takes no assignment to a method)


if __name__ == "__main__":
    lake_uri, url, given_mode, place, tokens = sys.argv[1:]
    if place.isdecimal():
        _die_after_answers(int(place))
    else:
        die_after(place)
    of_mode: Mode = "batch" if given_mode == "batch" else "realtime"
    ask_as_judges(Lake(lake_uri), url, questions(8), of_mode, Spend(float(tokens), float("inf")))
