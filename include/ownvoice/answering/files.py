"""The files of a job of answering: written by whoever asks, read by who answers, and the other way round."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, fields
from typing import TypeVar

import pyarrow as pa

from ownvoice.answering.job import AnswerJob, AnswerRow, JobResult, Prompt, ScoredText, ScoreRow, digest_of
from ownvoice.config.input_file import read_input
from ownvoice.errors import SettingsError, StorageError
from ownvoice.storage.answer_job_keys import AnswerJobKeys
from ownvoice.storage.aws import AwsAccess
from ownvoice.storage.lake import Lake
from ownvoice.storage.run_keys import RunKeys

_Row = TypeVar("_Row", Prompt, ScoredText, AnswerRow, ScoreRow)

_DIGEST = b"ownvoice_job_digest"
_TYPES = {"str": pa.string(), "int": pa.int64(), "int | None": pa.int64(), "float": pa.float64(), "bool": pa.bool_()}


def write_job(lake: Lake, job: AnswerJob, prompts: Iterable[Prompt], texts: Iterable[ScoredText] = ()) -> str:
    """Write a job into the lake, in the place of one of the same name; return the URI that it is answered by.

    Raises `SettingsError` where a row names a subject that is not asked, or an id that another row of it has.
    """
    prompts, texts = list(prompts), list(texts)
    _refuse_bad_rows(job, "prompt", [(one.subject, one.prompt_id) for one in prompts])
    _refuse_bad_rows(job, "text", [(one.subject, one.text_id) for one in texts])
    keys = job.keys
    for stale in (keys.result, keys.answers):  # of an earlier job: nobody shall take them for this one's
        lake.store.delete(stale)
    write_rows(lake, keys.prompts, Prompt, prompts)
    write_rows(lake, keys.texts, ScoredText, texts)
    written = job.model_copy(update={"digest": digest_of(job.asked, prompts, texts)})
    lake.write_json(keys.job, written.model_dump(mode="json"))
    return f"{lake.uri}/{keys.job}"


def _refuse_bad_rows(job: AnswerJob, kind: str, names: list[tuple[str, str]]) -> None:
    subjects = {one.subject for one in job.asked}
    for (subject, name), times in Counter(names).items():
        if subject not in subjects:
            asked = ", ".join(sorted(subjects))
            raise SettingsError(f"job {job.name} of {job.run_id} has a {kind} for {subject!r}, and asks {asked} alone.")
        if times > 1:
            raise SettingsError(f"job {job.name} of {job.run_id} has two {kind}s {name!r} for {subject!r}.")


def read_job(uri: str, access: AwsAccess | None = None) -> AnswerJob:
    """Read a `job.json`; the job's lake is the one that holds it, wherever it was when the job was written.

    Without an `access` it signs in as the environment says. Raises `SettingsError` if there is none, or naming every
    problem in it.
    """
    job = read_input(
        uri, AnswerJob, "Write the job first, then start the command again.", "Write the job again.", access
    )
    lake = uri.removesuffix(f"/{job.keys.job}")
    return job if lake == uri else job.model_copy(update={"lake": lake})


def read_answers(lake: Lake, run_id: str, name: str) -> list[AnswerRow]:
    """Return a job's answers, in the order of its prompts. Raises `StorageError` where it was not answered yet."""
    keys = RunKeys(run_id).answer_job(name)
    return _of_ended(lake, run_id, name, _read_made_for(lake, _digest(lake, keys), keys.answers, AnswerRow))


def read_scores(lake: Lake, run_id: str, name: str) -> list[ScoreRow]:
    """Return a job's scores. Raises `StorageError` where it was not answered yet."""
    keys = RunKeys(run_id).answer_job(name)
    digest = _digest(lake, keys)
    # Until it is answered there may be scores of an earlier try.
    is_answered = _read_made_for(lake, digest, keys.answers, AnswerRow) is not None
    return _of_ended(lake, run_id, name, _read_made_for(lake, digest, keys.scores, ScoreRow) if is_answered else None)


def read_job_result(lake: Lake, run_id: str, name: str) -> JobResult | None:
    """Return how a job ended; None where it has not ended yet, or was written again since. Raises `DamagedError`."""
    keys = RunKeys(run_id).answer_job(name)
    return result_of(lake, keys, _digest(lake, keys))


def result_of(lake: Lake, keys: AnswerJobKeys, digest: str) -> JobResult | None:
    """Return how the job with this digest ended; None where the result is another job's. Raises `DamagedError`."""
    result = lake.read_record(keys.result, JobResult.model_validate)
    return result if result and result.digest == digest else None


def _digest(lake: Lake, keys: AnswerJobKeys) -> str:
    job = lake.read_record(keys.job, AnswerJob.model_validate)
    return job.digest if job else ""


_Found = TypeVar("_Found")


def _of_ended(lake: Lake, run_id: str, name: str, found: _Found | None) -> _Found:
    if found is not None:
        return found
    uri = f"{lake.uri}/{RunKeys(run_id).answer_job(name).job}"
    raise StorageError(
        f"{uri} was not answered yet. Run `python -m ownvoice.training.answering --job {uri}` in the trainer's "
        "environment."
    )


def write_rows(lake: Lake, key: str, kind: type[_Row], rows: Iterable[_Row], digest: str = "") -> None:
    """Put the rows of one kind under `key` as a Parquet file; `digest` is that of the job that they were made for."""
    schema = _schema(kind).with_metadata({_DIGEST: digest})
    lake.write_rows(key, pa.Table.from_pylist([asdict(row) for row in rows], schema=schema))


def read_rows(lake: Lake, key: str, kind: type[_Row]) -> list[_Row] | None:
    """Return the rows of a Parquet file, or None where there is none. Raises `DamagedError` where it holds others."""
    found = lake.read_rows(key, _schema(kind))
    return None if found is None else _rows(found, kind)


def _read_made_for(lake: Lake, digest: str, key: str, kind: type[_Row]) -> list[_Row] | None:
    """Return the rows under `key` that were made for the job with this digest, or None."""
    found = lake.read_rows(key, _schema(kind))
    if found is None or (found.schema.metadata or {}).get(_DIGEST, b"").decode() != digest:
        return None
    return _rows(found, kind)


def _rows(found: pa.Table, kind: type[_Row]) -> list[_Row]:
    return [kind(**row) for row in found.to_pylist()]


def _schema(kind: type[Prompt | ScoredText | AnswerRow | ScoreRow]) -> pa.Schema:
    return pa.schema([(field.name, _TYPES[str(field.type)]) for field in fields(kind)])
