"""The trainer's environment answering a job, without a model: the real files, and the real store of answers.

For a style report each subject writes like ann in a share of its answers; `OWNVOICE_TRAINER_STAND_IN_SHARES` gives the
shares as JSON by subject, and a subject without one writes like bob. Rejected answers are stiff sentences, one to nine
by prompt and draw; they are stored, and one that is stored is not made again and counts as reused, as with the real
command.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os

from ownvoice.answering.files import read_job, read_rows, write_rows
from ownvoice.answering.job import AnswerJob, AnswerRow, JobResult, Prompt, Refused, ScoredText, ScoreRow
from ownvoice.answering.request import LocalBody, bodies, record_of, response_of, row_of
from ownvoice.errors import Exit
from ownvoice.llm.answers import AnswerRecord, AnswerStore
from ownvoice.llm.request import request_key
from ownvoice.pairs.rejected_job import REJECTED
from ownvoice.storage.lake import Lake
from stand_ins.two_authors import written_by

SHARES = {"prompted_base": 0.2, "trained": 0.6}
COMMIT = "c0ffee"
MADE_BEFORE_AN_EXIT = 2

_STIFF = "It is worth noting that {topic} is a matter of some importance for the {number}th time."


def answer_job(
    uri: str, shares: dict[str, float] | None = None, code: Exit = Exit.TRAINED, refused_prompt: str = ""
) -> Exit:
    """Answer every prompt of a job, score every text, and write the result; return the exit code.

    With a `code` it ends so after two answers. `refused_prompt` is longer than the model's context.
    """
    job = read_job(uri)
    lake, wanted = Lake(job.lake), SHARES if shares is None else shares
    models = {asked.subject: f"{asked.model}@{COMMIT}" for asked in job.asked}
    prompts = read_rows(lake, job.keys.prompts, Prompt) or []
    refused = [one for one in prompts if one.prompt == refused_prompt]
    todo = [one for one in prompts if one not in refused][: MADE_BEFORE_AN_EXIT if code else None]
    answers = [row for one in todo for row in _rows(lake, job, one, models[one.subject], wanted.get(one.subject, 0.0))]
    texts = read_rows(lake, job.keys.texts, ScoredText) or []
    scores = [
        ScoreRow(one.subject, one.text_id, "0" * 64, models[one.subject], 3.0 - wanted.get(one.subject, 0.0), 20)
        for one in texts
    ]
    if not code:
        write_rows(lake, job.keys.answers, AnswerRow, [row for row, _ in answers], job.digest)
        write_rows(lake, job.keys.scores, ScoreRow, scores, job.digest)
    made = sum(is_new for _, is_new in answers)
    result = JobResult(
        exit=code, message="as it was told" if code else None, models=models, asked=made, reused=len(answers) - made,
        scored=len(scores), refused=[_refused(one) for one in refused], digest=job.digest,
    )  # fmt: skip
    lake.write_json(job.keys.result, result.model_dump(mode="json"))
    return code


def _rows(lake: Lake, job: AnswerJob, prompt: Prompt, model: str, share: float) -> list[tuple[AnswerRow, bool]]:
    """Return the answer of each draw, and whether it was made now."""
    asked = next(one for one in job.asked if one.subject == prompt.subject)
    store, rows = AnswerStore(lake.store), []
    for draw, body in enumerate(bodies(model, asked, prompt)):
        if prompt.subject == REJECTED:
            record, is_new = asyncio.run(_stored(store, job, prompt, body))
        else:
            record, is_new = _record(job, prompt, body, _voiced_text(prompt, share), is_cut_off=False), True
        rows.append((row_of(record, prompt, draw), is_new))
    return rows


async def _stored(store: AnswerStore, job: AnswerJob, prompt: Prompt, body: LocalBody) -> tuple[AnswerRecord, bool]:
    key = request_key(body)
    if stored := await store.get(key, 1):
        return stored, False
    text, is_cut_off = _stiff_text(body)
    return await store.put(key, 1, _record(job, prompt, body, text, is_cut_off=is_cut_off)), True


def _record(job: AnswerJob, prompt: Prompt, body: LocalBody, text: str, *, is_cut_off: bool) -> AnswerRecord:
    response = response_of(text, 10, len(text.split()), is_cut_off, "a stand-in")
    return record_of(body, response, [job.run_id, prompt.article_id, 0], 0.1)


def _voiced_text(prompt: Prompt, share: float) -> str:
    seed = f"{prompt.subject} {prompt.prompt_id}"
    return written_by("ann" if _number(seed) / (1 << 32) < share else "bob", seed)


def _stiff_text(body: LocalBody) -> tuple[str, bool]:
    """Return what is said to a request, a token a word, and whether its most tokens cut it off."""
    prompt = body["messages"][-1]["content"]
    topic, sentences = prompt.split()[-1].rstrip("?."), _number(f"{body['draw']} {prompt}") % 9 + 1
    words = " ".join(_STIFF.format(topic=topic, number=number) for number in range(1, sentences + 1)).split()
    return " ".join(words[: body["max_tokens"]]), len(words) > body["max_tokens"]


def _number(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)


def _refused(prompt: Prompt) -> Refused:
    return Refused(subject=prompt.subject, id=prompt.prompt_id, reason="longer_than_context")


def shares_from_environment() -> dict[str, float] | None:
    """Return the shares that the environment gives."""
    given = os.environ.get("OWNVOICE_TRAINER_STAND_IN_SHARES")
    return json.loads(given) if given else None
