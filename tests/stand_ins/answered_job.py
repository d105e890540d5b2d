"""A stand-in for the trainer's environment answering a job: no model, but the real files and the real store of answers.

What it says to a prompt follows from prompt and draw alone. An answer that is stored is not made again, and counted as
reused, as by the real command.
"""

from __future__ import annotations

import asyncio
import hashlib
import os

from ownvoice.answering.files import read_job, read_rows, write_rows
from ownvoice.answering.job import AnswerJob, AnswerRow, JobResult, Prompt, Refused
from ownvoice.answering.request import LocalBody, bodies, record_of, response_of, row_of
from ownvoice.errors import Exit
from ownvoice.llm.answers import AnswerRecord, AnswerStore
from ownvoice.llm.request import request_key
from ownvoice.storage.lake import Lake

COMMIT = "sha256:0123"
SENTENCE = "It is worth noting that {topic} is a matter of some importance"
REFUSED_WORD = "unanswerable"
"""A prompt with this word is refused, as one that is longer than the model's context is."""


def answer_job(uri: str) -> int:
    """Answer a job, or end as `OWNVOICE_ANSWERING_STAND_IN_EXIT` says after half of it; return the exit code."""
    job = read_job(uri)
    lake = Lake(job.lake)
    code, made, reused, rows, refused = _code(), 0, 0, list[AnswerRow](), list[Refused]()
    for prompt in read_rows(lake, job.keys.prompts, Prompt) or ():
        if REFUSED_WORD in prompt.prompt:
            refused.append(Refused(subject=prompt.subject, id=prompt.prompt_id, reason="longer_than_context"))
            continue
        if code and made >= 2:
            break
        asked = next(one for one in job.asked if one.subject == prompt.subject)
        for draw, body in enumerate(bodies(f"{asked.model}@{COMMIT}", asked, prompt)):
            record, is_new = _answered(lake, job, prompt, body)
            made, reused = made + is_new, reused + (not is_new)
            rows.append(row_of(record, prompt, draw))
    if not code:
        write_rows(lake, job.keys.answers, AnswerRow, rows)
    result = JobResult(
        exit=Exit(code), message="as it was told" if code else None, asked=made, reused=reused, refused=refused,
        models={one.subject: f"{one.model}@{COMMIT}" for one in job.asked},
    )  # fmt: skip
    lake.write_json(job.keys.result, result.model_dump(mode="json"))
    print(f"answering {job.name} of {job.run_id}: {made} asked, {reused} reused")
    return code


def text_for(asked_of: LocalBody) -> tuple[str, bool]:
    """Return what is said to a request, and whether it was cut off: one to nine sentences, a token a word."""
    prompt, draw = asked_of["messages"][-1]["content"], asked_of["draw"]
    number = hashlib.sha256(f"{draw} {prompt}".encode()).digest()[0]
    topic = prompt.split()[-1].rstrip("?.")
    words = " ".join(f"{SENTENCE.format(topic=topic)} for the {n}th time." for n in range(1, number % 9 + 2)).split()
    most = asked_of["max_tokens"]
    return " ".join(words[:most]), len(words) > most


def _answered(lake: Lake, job: AnswerJob, prompt: Prompt, body: LocalBody) -> tuple[AnswerRecord, bool]:
    store, key = AnswerStore(lake.store), request_key(body)
    if stored := asyncio.run(store.get(key, 1)):
        return stored, False
    text, is_cut_off = text_for(body)
    response = response_of(text, 10, len(text.split()), is_cut_off, "a stand-in")
    record = record_of(body, response, [job.run_id, prompt.article_id, 0], 0.1)
    return asyncio.run(store.put(key, 1, record)), True


def _code() -> int:
    return int(os.environ.get("OWNVOICE_ANSWERING_STAND_IN_EXIT", "0"))
