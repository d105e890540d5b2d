"""What a person is told to start elsewhere, and what whoever waits for it is told meanwhile."""

from __future__ import annotations

import re
import shlex

import pytest

from ownvoice.answering.files import read_job, write_job
from ownvoice.answering.job import AnswerJob, Asked, JobResult, Prompt
from ownvoice.errors import DamagedError, Exit, SettingsError
from ownvoice.storage.run_keys import RunKeys
from ownvoice.training.awaited import cancel, read_awaited
from ownvoice.training.claim import Claim
from ownvoice.training.elsewhere import KEYS_OF_A_TRAINER, Follower, await_training, command_of, ended, read_awaitable
from ownvoice.training.planning.plan import plan_training
from ownvoice.training.planning.request import TrainingRequest
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.run import TrainingRun
from ownvoice.training.settings import TrainingSettings
from stand_ins.trained import leave_trained_run
from stand_ins.training_world import filled

URI = "s3://a-lake/it's here/runs/one/recipe.json"
NEEDS_A_GPU = "UNSLOTH_DISABLE_CPU_FALLBACK=1"
IMAGE = "registry.example/trainer@sha256:0123"
ELSEWHERE = TrainingSettings(where="elsewhere", image=IMAGE)
CLAIM = Claim(
    claim_id="a", number=1, host="gpu-box", machine="m", process=7, since="2026-01-01T10:00:00+00:00",
    beat_at="2026-01-01T10:05:00+00:00", said="step 4/40: loss 0.68",
)  # fmt: skip


def test_the_command_is_that_of_the_image_and_hands_keys_on_by_name_alone(monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret")
    parts = shlex.split(command_of(URI, ELSEWHERE))
    assert parts[:3] == ["docker", "run", "--rm"]
    assert parts[parts.index(IMAGE) :] == [IMAGE, "python", "-m", "ownvoice.training", "--recipe", URI, "--awaited"]
    handed_on = [parts[at + 1] for at, part in enumerate(parts) if part == "--env"]
    assert handed_on[: len(KEYS_OF_A_TRAINER)] == list(KEYS_OF_A_TRAINER)
    assert NEEDS_A_GPU in handed_on
    assert f"OWNVOICE_TRAINER_IMAGE={IMAGE}" in handed_on, "by which the next machine resumes from the checkpoint"


def test_without_an_image_it_is_that_of_an_installed_trainer():
    command = command_of(URI, TrainingSettings(where="elsewhere"))
    trainer = ["python", "-m", "ownvoice.training", "--recipe", URI, "--awaited"]
    assert shlex.split(command) == ["env", NEEDS_A_GPU, *trainer], "on CPUs alone it would train for a month"


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({}, "process"),
        ({"kubernetes_conn_id": "gpus", "image": IMAGE}, "pod"),
        ({"kubernetes_conn_id": "gpus", "where": "process"}, "process"),
        ({"kubernetes_conn_id": "gpus", "where": "elsewhere"}, "elsewhere"),
        ({"where": "pod", "kubernetes_conn_id": "gpus", "image": IMAGE}, "pod"),
    ],
)
def test_one_setting_names_the_place_and_a_cluster_alone_still_means_a_pod(fields, place):
    assert TrainingSettings(**fields).place == place


def test_a_lake_that_no_other_machine_reaches_is_refused_before_anything_is_planned(tmp_path, lake):
    with pytest.raises(SettingsError, match=r"no other machine reaches the lake file:.*OWNVOICE_LAKE=s3://"):
        plan_training(filled(lake), "one", TrainingRequest(recipe=TrainingRecipe()), ELSEWHERE)
    assert lake.read_json(RunKeys("one").recipe) is None


def run_in(lake, run_id="one"):
    return TrainingRun(run_id=run_id, lake=lake.uri, dataset_version=1, recipe=TrainingRecipe())


def leave(lake, run, end, message=None):
    lake.write_json(run.keys.result, {"run_id": run.run_id, "exit": end, "message": message})


def test_the_result_of_a_try_before_ends_no_wait_and_one_that_was_stopped_neither(lake):
    run = run_in(lake)
    leave(lake, run, "OUT_OF_MEMORY", "Lower max_length.")
    awaited = await_training(lake, run, URI, ELSEWHERE)
    assert ended(lake, run, awaited) is None
    leave(lake, run, "STOPPED", "asked to stop (SIGTERM)")
    assert ended(lake, run, awaited) is None
    leave(lake, run, "not ended")
    assert ended(lake, run, awaited) is None
    leave(lake, run, "DIVERGED", "Lower learning_rate.")
    assert ended(lake, run, awaited) == (11, "Lower learning_rate.")


def test_a_wait_that_a_fault_broke_off_is_ended_by_the_result_that_it_did_not_take(lake):
    run = run_in(lake)
    await_training(lake, run, URI, ELSEWHERE)
    leave(lake, run, "DIVERGED", "Lower learning_rate.")
    assert ended(lake, run, await_training(lake, run, URI, ELSEWHERE)) == (11, "Lower learning_rate.")
    cancel(lake, run.keys, "its task was cleared")
    assert ended(lake, run, await_training(lake, run, URI, ELSEWHERE)) is None


def test_a_run_that_is_trained_is_not_awaited_and_one_of_another_recipe_is(lake):
    run = run_in(filled(lake))
    leave_trained_run(lake, run)
    assert await_training(lake, run, URI, ELSEWHERE) is None
    other = run.model_copy(update={"recipe": TrainingRecipe(beta=0.2)})
    awaited = await_training(lake, other, URI, ELSEWHERE)
    assert awaited == read_awaited(lake, run.keys)
    assert ended(lake, other, awaited) is None, "its result is that of the other recipe"


def test_a_result_that_cannot_be_read_is_told_and_not_waited_for(lake):
    run = run_in(lake)
    awaited = await_training(lake, run, URI, ELSEWHERE)
    lake.store.write(run.keys.result, b"{")
    with pytest.raises(DamagedError, match=re.escape("result.json")):
        ended(lake, run, awaited)


@pytest.fixture
def follower(lake):
    return Follower(await_training(lake, run_in(lake), URI, ELSEWHERE), _changed_s=0)


def seen(follower, now_s, claim=CLAIM, **changed):
    return list(follower.lines(claim and claim.model_copy(update=changed), now_s))


def test_what_the_trainer_says_is_told_once(follower):
    assert seen(follower, 0, None) == []
    first = ["gpu-box works on it since 2026-01-01T10:00:00Z, process 7.", "gpu-box: step 4/40: loss 0.68"]
    assert seen(follower, 30) == first
    assert seen(follower, 60, beat_at="later") == []
    assert seen(follower, 90, said="step 5/40: loss 0.67") == ["gpu-box: step 5/40: loss 0.67"]


def test_a_trainer_that_went_silent_is_told_once_with_the_command_and_heard_again(follower):
    seen(follower, 30)
    assert seen(follower, 300) == []
    (line,) = seen(follower, 331)
    assert line.startswith("No sign of the trainer on gpu-box since 2026-01-01T10:05:00Z. Its last line: step 4/40")
    assert line.endswith(f"it goes on from what is stored in the lake:\n{follower.awaited.command}")
    assert seen(follower, 9999) == []
    assert seen(follower, 10000, said="step 5/40") == ["gpu-box: step 5/40"]
    assert seen(follower, 10400, said="step 5/40")[0].startswith("No sign")


def test_another_machine_that_takes_over_is_named(follower):
    seen(follower, 0)
    assert seen(follower, 30, claim_id="b", number=2, host="spot-2", said="") == [
        "spot-2 works on it since 2026-01-01T10:00:00Z, process 7."
    ]


def test_a_machine_that_gave_the_run_back_is_followed_by_the_command(follower):
    seen(follower, 0)
    (line,) = seen(follower, 30, is_released=True, said="STOPPED: asked to stop (SIGTERM)")
    assert line.startswith("No trainer works on it now. Its last line: STOPPED: asked to stop (SIGTERM). Start this")


def test_that_nobody_has_begun_is_told_after_an_hour(follower):
    assert seen(follower, 3500, None) == []
    assert seen(follower, 3700, None)[0].startswith("No trainer has begun for 62 minutes. Start this on a machine")
    assert seen(follower, 9999, None) == []


@pytest.fixture
def job(lake):
    """A job of answering and its URI."""
    made = AnswerJob(run_id="one", name="style", lake=lake.uri, asked=(Asked(subject="base", model="lake:m"),))
    uri = write_job(lake, made, ())
    return read_job(uri), uri


def leave_answered(lake, job, end):
    lake.write_json(job.keys.result, JobResult(exit=end, message="said", digest=job.digest).model_dump(mode="json"))


def test_a_job_of_answering_is_awaited_by_its_own_command(lake, job):
    answering, uri = job
    awaited = await_training(lake, answering, uri, TrainingSettings(where="elsewhere"))
    assert read_awaitable(uri) == answering
    assert shlex.split(awaited.command)[3:] == ["-m", "ownvoice.training.answering", "--job", uri, "--awaited"]
    assert awaited == read_awaited(lake, answering.keys)
    assert read_awaited(lake, RunKeys("one")) is None, "the training of the same run is not awaited by this"


@pytest.mark.parametrize(("end", "is_end"), [(Exit.TRAINED, True), (Exit.BAD_BASE, True), (Exit.STOPPED, False)])
def test_an_awaited_job_ends_as_its_trainer_said_and_goes_on_where_that_was_stopped(lake, job, end, is_end):
    answering, uri = job
    awaited = await_training(lake, answering, uri, ELSEWHERE)
    assert ended(lake, answering, awaited) is None
    leave_answered(lake, answering, end)
    assert ended(lake, answering, awaited) == ((end, "said") if is_end else None)


def test_a_job_that_is_answered_is_not_awaited_until_it_is_written_again(lake, job):
    answering, uri = job
    leave_answered(lake, answering, Exit.TRAINED)
    assert await_training(lake, answering, uri, ELSEWHERE) is None
    write_job(lake, answering, ())
    assert await_training(lake, answering, uri, ELSEWHERE) is not None


def test_a_trainer_that_answered_other_prompts_does_not_end_the_wait(lake, job):
    before, uri = job
    write_job(lake, before, [Prompt("base", "p1", "Why?")])
    awaited = await_training(lake, read_job(uri), uri, ELSEWHERE)
    leave_answered(lake, before, Exit.TRAINED)
    assert ended(lake, read_job(uri), awaited) is None
    assert await_training(lake, read_job(uri), uri, ELSEWHERE) is not None
