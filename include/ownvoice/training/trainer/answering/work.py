"""Answering a job: model after model, each fetched and loaded once, and asked only for what is not stored."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from ownvoice.answering.files import read_rows, write_rows
from ownvoice.answering.job import AnswerJob, AnswerRow, Asked, Prompt, ScoredText, ScoreRow, digest_of
from ownvoice.answering.model_name import ModelName
from ownvoice.errors import BadBaseError, OutOfMemoryError, StoppedError, first_line
from ownvoice.storage.lake import Lake
from ownvoice.training.trainer.answering.ask import Asking
from ownvoice.training.trainer.answering.choose import open_engine
from ownvoice.training.trainer.answering.engine import Engine
from ownvoice.training.trainer.answering.prepare import Model, context_of, prepare
from ownvoice.training.trainer.answering.progress import Progress
from ownvoice.training.trainer.base import fetch_base
from ownvoice.training.trainer.folders import patiently
from ownvoice.training.trainer.record import Record

Row = TypeVar("Row", AnswerRow, ScoreRow)


@dataclass(slots=True)
class JobWork:
    """The state of one try of a job. `models` are the names with commits by subject, `seconds` those of each stage."""

    job: AnswerJob
    lake: Lake
    record: Record
    scratch: Path
    online: Mapping[str, str]
    progress: Progress
    models: dict[str, str] = field(default_factory=dict)
    engine: str | None = None
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage, over all models."""
        started = time.monotonic()
        try:
            yield
        finally:
            self.seconds[name] = round(self.seconds[name] + time.monotonic() - started, 2)


@dataclass(frozen=True, slots=True)
class Given:
    """What a job gives to its models: prompts, texts, and the scores of an earlier try by their keys."""

    prompts: Sequence[Prompt]
    texts: Sequence[ScoredText]
    earlier: Mapping[str, ScoreRow]


def answer_all(work: JobWork) -> None:
    """Answer every prompt and score every text of the job, and write both. Raises an `OwnvoiceError` if it cannot."""
    given = patiently(lambda: _read(work), work.record.say)
    draws = {one.subject: one.draws for one in work.job.asked}
    work.progress.total = sum(draws[prompt.subject] for prompt in given.prompts)
    answers: list[AnswerRow] = []
    scores: list[ScoreRow] = []
    for name, asked in _by_model(work.job).items():
        made, scored = _with_model(work, name, asked, given)
        answers += made
        scores += scored
        # What an earlier try scored with the models to come stays: this one may be killed too.
        later = [row for row in given.earlier.values() if row.subject not in work.models]
        _write(work, work.job.keys.scores, ScoreRow, [*scores, *later])
    place = {(prompt.subject, prompt.prompt_id): index for index, prompt in enumerate(given.prompts)}
    answers.sort(key=lambda row: (place[row.subject, row.prompt_id], row.draw))
    _write(work, work.job.keys.answers, AnswerRow, answers)


def _read(work: JobWork) -> Given:
    lake, keys = work.lake, work.job.keys
    earlier = {row.score_key: row for row in read_rows(lake, keys.scores, ScoreRow) or ()}
    prompts, texts = read_rows(lake, keys.prompts, Prompt) or (), read_rows(lake, keys.texts, ScoredText) or ()
    if work.job.digest not in ("", digest_of(work.job.asked, prompts, texts)):
        raise StoppedError(
            f"{lake.uri}/{keys.job} was written again while this process began. Start the command again: it then "
            "answers the new job, and what is answered is not asked twice."
        )
    return Given(prompts, texts, earlier)


def _write(work: JobWork, key: str, kind: type[Row], rows: Sequence[Row]) -> None:
    patiently(lambda: write_rows(work.lake, key, kind, rows, work.job.digest), work.record.say)


def _by_model(job: AnswerJob) -> dict[ModelName, list[Asked]]:
    found: dict[ModelName, list[Asked]] = defaultdict(list)
    for one in job.asked:
        found[ModelName.parse(one.model)].append(one)
    return found


def _with_model(
    work: JobWork, name: ModelName, asked: Sequence[Asked], given: Given
) -> tuple[list[AnswerRow], list[ScoreRow]]:
    """Return the answers and scores of one model, which is loaded only where some are missing."""
    folder = work.scratch / "model"
    with work.stage("fetch"):
        model = _fetched(work, name, folder)
    work.models |= {one.subject: model.at for one in asked}
    prepared = prepare(model, asked, given.prompts, given.texts)
    work.progress.refused += prepared.refused
    asking = Asking(
        work.lake, work.job.run_id, work.record.say, work.progress, prepared, model.decode, dict(given.earlier)
    )
    asking.read_stored()
    if asking.is_missing_any:
        with _loaded(work, model) as engine:
            with work.stage("answer"):
                asking.answer(engine)
            with work.stage("score"):
                asking.score(engine, model.at)
    shutil.rmtree(folder, ignore_errors=True)  # the next one needs the room
    return asking.answer_rows(), asking.score_rows()


def _fetched(work: JobWork, name: ModelName, folder: Path) -> Model:
    from transformers import AutoTokenizer

    base = patiently(lambda: fetch_base(work.lake, name, folder, work.online), work.record.say)
    at = name.at(base.commit)
    work.record.say(f"model: {at}")
    with _faults_of(at):
        return Model(at, base.folder, AutoTokenizer.from_pretrained(base.folder), context_of(base.folder))


@contextlib.contextmanager
def _loaded(work: JobWork, model: Model) -> Iterator[Engine]:
    with work.stage("load"), _faults_of(model.at):
        engine = open_engine(model, work.record.say)
    work.engine = engine.name
    try:
        yield engine
    finally:
        engine.close()


@contextlib.contextmanager
def _faults_of(model: str) -> Iterator[None]:
    """Say in a sentence that a model cannot be loaded, or does not fit."""
    import torch

    try:
        yield
    except torch.OutOfMemoryError as error:
        raise OutOfMemoryError(
            f"{model} does not fit into memory: {first_line(error)}. Take a larger device."
        ) from None
    except (OSError, ValueError, KeyError) as error:  # files that are missing, cut, or of a kind that is not known
        raise BadBaseError(
            f"{model} cannot be loaded: {first_line(error)}. Put whole files there, or name another."
        ) from None
