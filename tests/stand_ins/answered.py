"""What a job of answering leaves in the lake, without a model: each subject writes like ann in a share of its answers.

`OWNVOICE_TRAINER_STAND_IN_SHARES` gives the shares as JSON by subject; a subject without one writes like bob.
"""

from __future__ import annotations

import hashlib
import json
import os

from ownvoice.answering.files import read_job, read_rows, write_rows
from ownvoice.answering.job import AnswerJob, AnswerRow, JobResult, Prompt, ScoredText, ScoreRow
from ownvoice.errors import Exit
from ownvoice.storage.lake import Lake
from stand_ins.two_authors import written_by

SHARES = {"prompted_base": 0.2, "trained": 0.6}
_COMMIT = "c0ffee"


def answer_job(uri: str, shares: dict[str, float] | None = None) -> None:
    """Answer every prompt of a job, score every text, and write the result."""
    job = read_job(uri)
    lake, wanted = Lake(job.lake), SHARES if shares is None else shares
    models = {asked.subject: f"{asked.model}@{_COMMIT}" for asked in job.asked}
    prompts = read_rows(lake, job.keys.prompts, Prompt) or []
    answers = [_answer(job, models, one, wanted.get(one.subject, 0.0)) for one in prompts]
    texts = read_rows(lake, job.keys.texts, ScoredText) or []
    scores = [
        ScoreRow(one.subject, one.text_id, "0" * 64, models[one.subject], 3.0 - wanted.get(one.subject, 0.0), 20)
        for one in texts
    ]
    write_rows(lake, job.keys.answers, AnswerRow, answers)
    write_rows(lake, job.keys.scores, ScoreRow, scores)
    result = JobResult(exit=Exit.TRAINED, models=models, asked=len(answers), scored=len(scores))
    lake.write_json(job.keys.result, result.model_dump(mode="json"))


def _answer(job: AnswerJob, models: dict[str, str], one: Prompt, share: float) -> AnswerRow:
    seed = f"{one.subject} {one.prompt_id}"
    is_ann = int(hashlib.sha256(seed.encode()).hexdigest()[:8], 16) / 0xFFFFFFFF < share
    text = written_by("ann" if is_ann else "bob", seed)
    return AnswerRow(one.subject, one.prompt_id, 0, "0" * 64, models[one.subject], text, 80, is_cut_off=False)


def shares_from_environment() -> dict[str, float] | None:
    """Return the shares that the environment gives."""
    given = os.environ.get("OWNVOICE_TRAINER_STAND_IN_SHARES")
    return json.loads(given) if given else None
