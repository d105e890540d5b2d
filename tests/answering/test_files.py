from dataclasses import replace

import pytest

from ownvoice.answering.files import (
    read_answers,
    read_job,
    read_job_result,
    read_rows,
    read_scores,
    write_job,
    write_rows,
)
from ownvoice.answering.job import (
    AnswerJob,
    AnswerRow,
    Asked,
    JobResult,
    Prompt,
    Refused,
    Sampling,
    ScoredText,
    ScoreRow,
    digest_of,
)
from ownvoice.errors import DamagedError, Exit, SettingsError, StorageError
from ownvoice.storage.lake import Lake

PROMPTS = [Prompt("base", "p1", "Why?"), Prompt("base", "p2", "", 40, "article")]
TEXTS = [ScoredText("base", "t1", "", "Because.")]


@pytest.fixture
def lake(tmp_path):
    return Lake((tmp_path / "lake").as_uri())


def job_of(lake, **fields):
    asked = (Asked(subject="base", model="run:one"),)
    return AnswerJob(**{"run_id": "dag/run", "name": "style", "lake": lake.uri, "asked": asked} | fields)


def test_a_job_is_read_as_it_was_written(lake):
    job = job_of(lake)
    uri = write_job(lake, job, PROMPTS, TEXTS)

    read = read_job(uri)
    assert read == job.model_copy(update={"digest": digest_of(job.asked, PROMPTS, TEXTS)})
    assert read_rows(lake, job.keys.prompts, Prompt) == PROMPTS
    assert read_rows(lake, job.keys.texts, ScoredText) == TEXTS


def test_a_job_belongs_to_the_lake_that_holds_it(lake):
    uri = write_job(lake, job_of(lake).model_copy(update={"lake": "s3://another/lake"}), PROMPTS)

    assert read_job(uri).lake == lake.uri


def test_answers_scores_and_the_result_are_read_as_they_were_written(lake):
    job = job_of(lake)
    answers = [AnswerRow("base", "p1", 0, "ab", "lake:one@sha256:c", "So.", 2, False)]
    scores = [ScoreRow("base", "t1", "cd", "lake:one@sha256:c", 2.5, 7)]
    result = JobResult(exit=Exit.TRAINED, asked=1, refused=[Refused(subject="base", id="p2", reason="empty")])
    write_rows(lake, job.keys.answers, AnswerRow, answers)
    write_rows(lake, job.keys.scores, ScoreRow, scores)
    lake.write_json(job.keys.result, result.model_dump(mode="json"))

    assert read_answers(lake, "dag/run", "style") == answers
    assert read_scores(lake, "dag/run", "style") == scores
    assert read_job_result(lake, "dag/run", "style") == result


def test_who_reads_before_a_job_was_answered_is_told_the_command(lake):
    write_job(lake, job_of(lake), PROMPTS)

    assert read_job_result(lake, "dag/run", "style") is None
    for read in (read_answers, read_scores):
        with pytest.raises(StorageError, match=r"not answered yet.*ownvoice.training.answering --job file:"):
            read(lake, "dag/run", "style")


def test_a_job_that_is_written_again_has_no_answers_of_the_one_before(lake):
    job = job_of(lake)
    write_rows(lake, job.keys.answers, AnswerRow, [])
    write_rows(lake, job.keys.scores, ScoreRow, [ScoreRow("base", "t1", "cd", "lake:one@sha256:c", 2.5, 7)])
    lake.write_json(job.keys.result, {"exit": "TRAINED"})
    write_job(lake, job, PROMPTS)

    assert read_job_result(lake, job.run_id, job.name) is None
    for read in (read_answers, read_scores):
        with pytest.raises(StorageError, match="not answered yet"):
            read(lake, job.run_id, job.name)


def test_answers_scores_and_a_result_of_other_prompts_are_no_others(lake):
    late = read_job(write_job(lake, job_of(lake), PROMPTS[:1], TEXTS))
    job = read_job(write_job(lake, job_of(lake), PROMPTS, TEXTS))
    rows = {
        job.keys.answers: (AnswerRow, [AnswerRow("base", "p1", 0, "ab", "lake:one@sha256:c", "So.", 2, False)]),
        job.keys.scores: (ScoreRow, [ScoreRow("base", "t1", "cd", "lake:one@sha256:c", 2.5, 7)]),
    }

    def leave_as(answered):
        for key, (kind, made) in rows.items():
            write_rows(lake, key, kind, made, answered.digest)
        lake.write_json(job.keys.result, JobResult(exit=Exit.TRAINED, digest=answered.digest).model_dump(mode="json"))

    leave_as(late)
    assert read_job_result(lake, "dag/run", "style") is None
    for read in (read_answers, read_scores):
        with pytest.raises(StorageError, match="not answered yet"):
            read(lake, "dag/run", "style")
    leave_as(job)
    assert read_job_result(lake, "dag/run", "style").is_answered
    assert [read_answers(lake, "dag/run", "style"), read_scores(lake, "dag/run", "style")] == [
        made for _, made in rows.values()
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"prompts": [PROMPTS[0], replace(PROMPTS[1], max_new_tokens=41)]},
        {"prompts": PROMPTS[::-1]},
        {"texts": []},
        {"asked": (Asked(subject="base", model="run:two"),)},
        {"asked": (Asked(subject="base", model="run:one", sampling=Sampling(top_p=0.9)),)},
    ],
)
def test_a_digest_moves_with_all_that_answers_depend_on_and_with_nothing_else(lake, change):
    content = {"asked": job_of(lake).asked, "prompts": PROMPTS, "texts": TEXTS}
    assert digest_of(**content) == digest_of(**content) != digest_of(**content | change)


def test_damaged_answers_are_no_answers(lake):
    lake.store.write(job_of(lake).keys.answers, b"PAR1 and no more")

    with pytest.raises(DamagedError):
        read_answers(lake, "dag/run", "style")


@pytest.mark.parametrize(
    ("prompts", "texts", "said"),
    [
        ([Prompt("champion", "p", "?")], [], "prompt for 'champion', and asks base alone"),
        ([*PROMPTS, PROMPTS[0]], [], "two prompts 'p1' for 'base'"),
        ([], [*TEXTS, *TEXTS], "two texts 't1' for 'base'"),
    ],
)
def test_rows_that_nobody_could_tell_apart_or_answer_are_refused(lake, prompts, texts, said):
    with pytest.raises(SettingsError, match=said):
        write_job(lake, job_of(lake), prompts, texts)


@pytest.mark.parametrize(
    ("data", "said"), [(None, "does not exist"), (b"{", "is not JSON"), (b'{"run_id": ""}', "run_id is ''.*asked")]
)
def test_a_job_that_cannot_be_read_is_named(lake, data, said):
    key = job_of(lake).keys.job
    lake.store.write(job_of(lake).keys.prompts, b"")
    if data is not None:
        lake.store.write(key, data)

    with pytest.raises(SettingsError, match=said):
        read_job(f"{lake.uri}/{key}")


def test_a_job_asks_no_subject_twice_and_no_model_that_has_no_name(lake):
    one = Asked(subject="base", model="lake:m")
    with pytest.raises(ValueError, match="asked twice"):
        job_of(lake, asked=(one, one))
    with pytest.raises(ValueError, match="names no model"):
        Asked(subject="base", model="gpt-5")


def test_several_draws_need_a_temperature():
    assert Asked(subject="a", model="lake:m", draws=2, sampling=Sampling(temperature=0.7)).draws == 2
    with pytest.raises(ValueError, match="draws is 2 at temperature 0"):
        Asked(subject="a", model="lake:m", draws=2)
