"""A training by two real processes on the CPU, over Gloo: it equals that of one, and ends well when one dies."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from ownvoice.errors import Exit

pytest.importorskip("torch")
if not Path("/proc/self/environ").exists():
    pytest.skip("the processes are found in /proc, which is not here", allow_module_level=True)

in_full = pytest.mark.skipif(
    "OWNVOICE_TEST_RANKS" not in os.environ, reason="another half a minute: make test-ranks runs it"
)

# The processes add up in another order than one alone; over ten steps of this toy that moves no number by more.
TOLERANCE = 1e-4
MEASURED = (
    "loss",
    "eval_loss",
    "rewards/margins",
    "eval_rewards/margins",
    "logps/chosen",
    "entropy",
    "supervised_loss",
)


def end_of(process):
    printed, _ = process.communicate(timeout=400)
    return process.returncode, printed


def wait_for_step(trainer, run_id, step, process):
    give_up = time.monotonic() + 300
    while trainer.lake.store.read(f"runs/{run_id}/checkpoints/step-{step}/checkpoint.json") is None:
        assert process.poll() is None, process.stdout.read()
        assert time.monotonic() < give_up
        time.sleep(0.02)


def process_of_rank(rank, launcher):
    """The id of the process that has this rank, among the launcher's children."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == launcher.pid and f"RANK={rank}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                return int(folder.name)
        except OSError:  # it has ended meanwhile
            continue
    raise AssertionError(f"no process has rank {rank}")


def lives(process_id):
    return Path(f"/proc/{process_id}").exists()


@pytest.fixture(scope="module")
def killed(trainer):
    """The folder of a run of two processes, one of which was killed after the second checkpoint; and its end."""
    process = trainer.start(trainer.ask("pair-killed", gpu_count=2))
    wait_for_step(trainer, "pair-killed", 4, process)
    first = process_of_rank(0, process)
    os.kill(process_of_rank(1, process), signal.SIGKILL)
    code, printed = end_of(process)
    assert not lives(first), "no process is left behind"
    folder = Path(trainer.lake.uri.removeprefix("file://")) / "runs" / "pair-killed"
    return folder, code, printed


@pytest.fixture(scope="module")
def resumed(trainer, killed):
    """Return a function that lets so many processes go on with the killed run; it gives the new run's name."""

    def go_on(gpu_count):
        run_id = f"pair-resumed-by-{gpu_count}"
        uri = trainer.ask(run_id, gpu_count=gpu_count)
        for name in ("checkpoints", "metrics.jsonl"):
            copy = shutil.copytree if (killed[0] / name).is_dir() else shutil.copy
            copy(killed[0] / name, killed[0].parent / run_id / name)
        code, printed = end_of(trainer.start(uri))
        assert code == Exit.TRAINED, printed
        return run_id

    return go_on


@pytest.fixture(scope="module")
def by_two(resumed):
    return resumed(2)


def measured(trainer, run_id):
    """What was measured in a run, by step and name."""
    lines = trainer.lake.store.read(f"runs/{run_id}/metrics.jsonl").decode().splitlines()
    rows = [json.loads(line) for line in lines]
    return {(row["step"], name): row[name] for row in rows for name in MEASURED if name in row}


def names(trainer, run_id):
    """The files of a run, and the fields of its result."""
    keys = {found.key.removeprefix(f"runs/{run_id}/") for found in trainer.lake.store.objects(f"runs/{run_id}")}
    files = {key for key in keys if "rng_state" not in key and not key.startswith("claims/")}
    return files, trainer.result(run_id).keys()


def test_a_killed_process_ends_the_others_and_is_named_in_the_result(killed, trainer):
    _, code, printed = killed
    assert code == Exit.FAULT
    result = trainer.result("pair-killed")
    assert result["exit"] == "FAULT"
    assert "process 1 of 2 (counted from 0) was ended by SIGKILL" in result["message"]
    assert f"FAULT: {result['message']}" in printed
    assert f"FAULT: {result['message']}" in trainer.lake.store.read("runs/pair-killed/log.txt").decode()


def test_two_processes_that_go_on_measure_what_one_alone_does(by_two, trainer, undisturbed):
    assert trainer.result(by_two)["resumed_from_step"] >= 4
    expected = measured(trainer, "undisturbed")
    assert len(expected) == 50
    assert measured(trainer, by_two) == pytest.approx(expected, abs=TOLERANCE, rel=TOLERANCE)


def test_they_leave_the_files_and_fields_that_one_leaves(by_two, trainer, undisturbed):
    assert names(trainer, by_two) == names(trainer, "undisturbed")
    result = trainer.result(by_two)
    assert (result["device"], result["recipe_id"]) == ("2 x cpu", undisturbed["recipe_id"])
    assert result["batch"] == {"pairs": 2, "accumulation_steps": 1, "gpu_count": 2}
    assert result["health"]["verdict"] == undisturbed["health"]["verdict"]
    assert result["merge"]["kl_merged_nats"] < 1e-6 < result["merge"]["kl_base_nats"]


def test_only_the_first_process_speaks(by_two, trainer):
    said = [line.partition(" ")[2] for line in trainer.lake.store.read(f"runs/{by_two}/log.txt").decode().splitlines()]
    assert len([line for line in said if line.startswith("step 10/10: loss")]) == 1
    assert said[-1].startswith("TRAINED: done")


@in_full
def test_another_number_of_processes_goes_on_with_the_same_pairs(resumed, trainer, undisturbed):
    run_id = resumed(1)
    assert trainer.result(run_id)["resumed_from_step"] >= 4
    expected = measured(trainer, "undisturbed")
    assert measured(trainer, run_id) == pytest.approx(expected, abs=TOLERANCE, rel=TOLERANCE)


@in_full
def test_with_every_knob_two_processes_measure_what_one_alone_does(trainer):
    knobs = {"label_smoothing": 0.1, "rpo_alpha": 1.0, "ld_alpha": 0.5, "precompute_ref_log_probs": True}
    for run_id, gpu_count in (("knobs-one", 1), ("knobs-two", 2)):
        code, printed = end_of(trainer.start(trainer.ask(run_id, gpu_count=gpu_count, **knobs)))
        assert code == Exit.TRAINED, printed
    expected = measured(trainer, "knobs-one")
    assert measured(trainer, "knobs-two") == pytest.approx(expected, abs=TOLERANCE, rel=TOLERANCE)


@in_full
def test_sigterm_stops_all_processes_after_a_step_with_its_checkpoint_in_the_lake(trainer):
    process = trainer.start(trainer.ask("pair-stopped", gpu_count=2, epochs=20))
    wait_for_step(trainer, "pair-stopped", 40, process)
    process.send_signal(signal.SIGTERM)
    code, printed = end_of(process)
    assert code == Exit.STOPPED, printed
    message = trainer.result("pair-stopped")["message"]
    step = int(message.split("after step ")[1].split(",")[0])
    assert trainer.lake.read_json(f"runs/pair-stopped/checkpoints/step-{step}/checkpoint.json")["step"] == step


@in_full
def test_a_device_that_is_too_small_halves_the_batch_of_all_and_says_what_to_do(trainer, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(SMALL)
    uri = trainer.ask("pair-small", gpu_count=2)
    path = os.pathsep.join([str(tmp_path), *os.environ["PYTHONPATH"].split(os.pathsep)])
    code, printed = end_of(trainer.start(uri, PYTHONPATH=path))
    assert code == Exit.OUT_OF_MEMORY, printed
    assert "out of memory with 2 pairs at once: trying 1, accumulated 2 times" in printed
    assert "Lower max_length or lora_rank" in trainer.result("pair-small")["message"]


SMALL = """
import os

if os.environ.get("RANK") == "1":
    import torch
    from trl import DPOTrainer

    def limited(self, model, inputs, *args, **kwargs):
        raise torch.OutOfMemoryError("Tried to allocate 20 GiB")

    DPOTrainer.compute_loss = limited
"""
