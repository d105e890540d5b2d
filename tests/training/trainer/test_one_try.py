"""Whoever writes a result holds the run: also the launcher, which speaks for processes that ended without a word."""

import signal
from functools import partial

import pytest

torch = pytest.importorskip("torch")

from ownvoice.errors import Exit, RunHeldError  # noqa: E402
from ownvoice.training.__main__ import main  # noqa: E402
from ownvoice.training.claim import Pace, newest_claim  # noqa: E402
from ownvoice.training.recipe import TrainingRecipe  # noqa: E402
from ownvoice.training.run import TrainingRun, write_training_run  # noqa: E402
from ownvoice.training.trainer import one_try  # noqa: E402
from ownvoice.training.trainer.attempt import TryEnd  # noqa: E402
from ownvoice.training.trainer.one_try import speak_for_others  # noqa: E402
from ownvoice.training.trainer.presence import present  # noqa: E402
from ownvoice.training.trainer.stop import Stop  # noqa: E402
from stand_ins.trained import leave_trained_run  # noqa: E402
from stand_ins.training_world import filled  # noqa: E402

KILLED = TryEnd(Exit.FAULT, "process 1 of 2 was ended by SIGKILL.")
SHORT = Pace(beat_s=0.02, lapses_s=0.5)


@pytest.fixture
def run(lake):
    recipe = TrainingRecipe(backend="trl")
    run = TrainingRun(run_id="pair", lake=filled(lake).uri, dataset_version=1, recipe=recipe, gpu_count=2)
    write_training_run(lake, run)
    return run


@pytest.fixture
def stop():
    before = signal.getsignal(signal.SIGTERM)
    yield Stop()
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def speak(lake, run, stop, tmp_path, monkeypatch):
    monkeypatch.setattr(one_try, "present", partial(present, pace=SHORT))
    return partial(speak_for_others, run, lake, stop, tmp_path, KILLED, 7.0)


def test_what_the_first_process_left_of_a_result_is_completed_and_the_run_given_back(lake, run, speak):
    lake.write_json(run.keys.result, {"run_id": "pair", "exit": "FAULT", "message": "lost its peer", "steps": 4})
    assert speak(first_left_result=True) == KILLED
    result = lake.read_json(run.keys.result)
    assert (result["exit"], result["message"], result["steps"]) == ("FAULT", KILLED.message, 4)
    assert newest_claim(lake, run.keys).is_released


def test_the_result_of_an_earlier_try_is_not_taken_for_that_of_this_one(lake, run, speak):
    lake.write_json(run.keys.result, {"run_id": "pair", "exit": "OUT_OF_MEMORY", "message": "before", "steps": 4})
    assert speak(first_left_result=False) == KILLED
    result = lake.read_json(run.keys.result)
    assert ("steps" in result, result["device"][:4], result["total_seconds"]) == (False, "2 x ", 7.0)


def test_a_result_that_says_trained_stays_whatever_happens_to_a_process_afterwards(lake, run, speak):
    trained = leave_trained_run(lake, run)
    assert speak(first_left_result=True).exit is Exit.TRAINED
    assert lake.read_json(run.keys.result) == trained


def test_where_another_trainer_has_the_run_by_now_the_result_is_its_own(lake, run, speak, stop):
    with present(lake, run.keys, stop, SHORT), pytest.raises(RunHeldError, match="One trainer at a time"):
        speak(first_left_result=True)
    assert lake.read_json(run.keys.result) is None


def test_a_machine_with_fewer_gpus_leaves_a_result_that_says_what_to_set(lake, run, monkeypatch):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    before = signal.getsignal(signal.SIGTERM)
    assert main(["--recipe", f"{lake.uri}/{run.keys.recipe}"]) == Exit.NO_GPU
    signal.signal(signal.SIGTERM, before)
    result = lake.read_json(run.keys.result)
    assert result["exit"] == "NO_GPU"
    assert "gpu_count is 2 and this machine shows 1 GPUs. Set OWNVOICE_TRAINER_GPU_COUNT to 1" in result["message"]
    assert newest_claim(lake, run.keys).is_released
