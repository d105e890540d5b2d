"""The real Unsloth on its CPU backend: one training, killed and resumed, merged and checked. `make test-unsloth`.

Behind a firewall: every process has a proxy that never answers, which keeps what it was asked. What a CPU cannot show
stands in docs/running.md.
"""

from __future__ import annotations

import json
import math
import shutil
import time
from dataclasses import fields
from importlib.util import find_spec
from pathlib import Path

import pytest

if find_spec("unsloth") is None:
    pytest.skip("Unsloth is not installed here: make test-unsloth", allow_module_level=True)

from safetensors.torch import load, load_file, save_file

from ownvoice.errors import Exit
from ownvoice.storage.run_keys import RunKeys
from ownvoice.training.trainer.checkpoints import Identity, keep_checkpoint

ON_CPU = {"UNSLOTH_DISABLE_CPU_FALLBACK": "0"}
KILLED_AT = 4


@pytest.fixture(scope="module")
def start(trainer, firewall):
    """Return a function that starts the trainer with Unsloth on the CPU, behind the firewall."""
    return lambda uri, **more: trainer.start(uri, **ON_CPU | firewall.variables | more)


def end_of(process):
    printed, _ = process.communicate(timeout=1200)
    return process.returncode, printed


@pytest.fixture(scope="module")
def with_unsloth(trainer, start):
    """The result of a run that nobody stopped."""
    code, printed = end_of(start(trainer.ask("unsloth", backend="unsloth")))
    assert code == Exit.TRAINED, printed
    return trainer.result("unsloth")


@pytest.fixture(scope="module")
def killed(trainer, start):
    """The folder of a run that was killed once its second checkpoint was in the lake."""
    process = start(trainer.ask("unsloth-killed", backend="unsloth"))
    give_up = time.monotonic() + 1200
    while trainer.lake.store.read(f"runs/unsloth-killed/checkpoints/step-{KILLED_AT}/checkpoint.json") is None:
        assert process.poll() is None, process.stdout.read()
        assert time.monotonic() < give_up
        time.sleep(0.02)
    process.kill()
    process.communicate()
    return Path(trainer.lake.uri.removeprefix("file://")) / "runs" / "unsloth-killed"


@pytest.fixture
def again(trainer, killed):
    """Return a function that makes a run of the same recipe with the checkpoints of the killed one; its URI."""

    def ask(run_id):
        uri = trainer.ask(run_id, backend="unsloth")
        for name in ("checkpoints", "metrics.jsonl"):
            copy = shutil.copytree if (killed / name).is_dir() else shutil.copy
            copy(killed / name, killed.parent / run_id / name)
        return uri

    return ask


def losses(trainer, run_id):
    """The losses of a run by step and by name, as its metrics have them."""
    lines = trainer.lake.store.read(f"runs/{run_id}/metrics.jsonl").decode().splitlines()
    rows = [json.loads(line) for line in lines]
    return {(row["step"], name): row[name] for row in rows for name in ("loss", "eval_loss") if name in row}


def is_the_same_training(trainer, run_id):
    assert losses(trainer, run_id) == losses(trainer, "unsloth")
    assert trainer.adapter(run_id) == trainer.adapter("unsloth")


def checkpoints(trainer, run_id):
    """The folders of the complete checkpoints of a run, the newest last; the kill may have left one that is not."""
    folder = Path(trainer.lake.uri.removeprefix("file://")) / "runs" / run_id / "checkpoints"
    complete = (marker.parent for marker in folder.glob("*/checkpoint.json"))
    return sorted(complete, key=lambda path: int(path.name.split("-")[1]))


def test_a_run_trains_merges_and_checks_and_says_what_it_ran_on(with_unsloth, trainer):
    assert with_unsloth["exit"] == "TRAINED"
    assert with_unsloth["recipe"]["backend"] == "unsloth"
    assert {"unsloth", "unsloth_zoo", "xformers", "triton"} <= with_unsloth["versions"].keys()
    assert with_unsloth["steps"] == 10
    assert with_unsloth["first_loss"] == pytest.approx(math.log(2), abs=1e-3)
    assert with_unsloth["test"]["eval_loss"] < with_unsloth["first_loss"]
    assert with_unsloth["merge"]["kl_merged_nats"] < 1e-6 < with_unsloth["merge"]["kl_base_nats"]
    learned = load(trainer.adapter("unsloth"))
    assert all(weights.abs().max() > 0 for name, weights in learned.items() if "lora_B" in name)


def test_it_learns_what_plain_trl_learns(with_unsloth, undisturbed, trainer):
    """Its backend for CPUs computes in bfloat16 where the CPU can: the losses differ in the third decimal."""
    plain = losses(trainer, "undisturbed")
    assert len(plain) == 15
    assert losses(trainer, "unsloth") == pytest.approx(plain, abs=0.01)
    assert with_unsloth["versions"] == undisturbed["versions"], "in one environment"


def test_with_every_term_of_the_loss_it_learns_what_plain_trl_learns_too(trainer, start):
    knobs = {"label_smoothing": 0.1, "rpo_alpha": 1.0, "ld_alpha": 0.5, "precompute_ref_log_probs": True}
    for backend in ("trl", "unsloth"):
        code, printed = end_of(start(trainer.ask(f"knobs-{backend}", backend=backend, **knobs)))
        assert code == Exit.TRAINED, printed
    plain = losses(trainer, "knobs-trl")
    assert len(plain) == 15
    assert losses(trainer, "knobs-unsloth") == pytest.approx(plain, abs=0.01)


def test_nothing_but_the_adapter_itself_is_in_adapter_merge_and_checkpoints(with_unsloth, trainer):
    keys = {found.key.removeprefix("runs/unsloth/") for found in trainer.lake.store.objects("runs/unsloth")}
    assert not [key for key in keys if "/ref/" in key]
    assert {key for key in keys if key.startswith("adapter/")} == {
        "adapter/adapter_config.json",
        "adapter/adapter_model.safetensors",
    }
    assert {"merged/model.safetensors", "merged/tokenizer.json", "merged/config.json"} <= keys


def test_nothing_is_asked_of_the_network(with_unsloth, firewall):
    assert firewall.asked == []


def test_a_killed_run_goes_on_to_the_weights_and_losses_of_the_undisturbed_one(with_unsloth, trainer, start, again):
    code, printed = end_of(start(again("unsloth-resumed")))
    assert code == Exit.TRAINED, printed
    assert trainer.result("unsloth-resumed")["resumed_from_step"] >= KILLED_AT
    is_the_same_training(trainer, "unsloth-resumed")


def test_a_checkpoint_that_is_damaged_in_the_lake_is_named_and_the_one_before_it_taken(
    with_unsloth, trainer, start, again
):
    uri = again("unsloth-damaged")
    before, damaged = checkpoints(trainer, "unsloth-damaged")[-2:]
    file = damaged / "adapter_model.safetensors"
    data = file.read_bytes()
    file.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    code, printed = end_of(start(uri))
    assert code == Exit.TRAINED, printed
    assert f"checkpoint {damaged.name} is damaged in the lake" in printed
    assert f"step-{trainer.result('unsloth-damaged')['resumed_from_step']}" == before.name
    is_the_same_training(trainer, "unsloth-damaged")


def test_a_checkpoint_of_which_not_every_tensor_is_loaded_is_refused(trainer, start, again, tmp_path):
    uri = again("unsloth-renamed")
    folder = shutil.copytree(checkpoints(trainer, "unsloth-renamed")[-1], tmp_path / "checkpoint")
    marker = json.loads((folder / "checkpoint.json").read_text())
    (folder / "checkpoint.json").unlink()
    file = folder / "adapter_model.safetensors"
    save_file({name.replace("layers.1.", "layers.7."): tensor for name, tensor in load_file(file).items()}, file)
    identity = Identity(**{field.name: marker[field.name] for field in fields(Identity)})
    keep_checkpoint(trainer.lake, RunKeys("unsloth-renamed"), marker["step"], folder, identity)
    code, printed = end_of(start(uri))
    assert code == Exit.WRONG_START, printed
    assert f"are not those of checkpoint-{marker['step']}" in trainer.result("unsloth-renamed")["message"]


def test_without_a_gpu_it_refuses_unless_it_was_told_otherwise(trainer, start):
    code, printed = end_of(start(trainer.ask("unsloth-refused", backend="unsloth"), UNSLOTH_DISABLE_CPU_FALLBACK="1"))
    assert code == Exit.NO_GPU, printed
    assert "set backend to trl" in trainer.result("unsloth-refused")["message"]
