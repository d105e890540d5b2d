"""A whole run on the CPU, in the trainer's own process: what it leaves in the lake, and what survives a kill."""

import json
import math
import signal
import time

import pytest

from ownvoice.errors import Exit
from ownvoice.training.results.training import read_training
from ownvoice.training.trainer.samples import QUESTIONS

pytest.importorskip("torch")


def wait_for(lake, key, process):
    """Wait until an object stands in the lake; the process must not end before."""
    give_up = time.monotonic() + 60
    while lake.store.read(key) is None:
        assert process.poll() is None, process.stdout.read()
        assert time.monotonic() < give_up
        time.sleep(0.02)


def end_of(process):
    printed, _ = process.communicate(timeout=120)
    return process.returncode, printed


def test_a_run_ends_with_a_result_that_says_what_was_made_from_what(undisturbed, trainer):
    assert undisturbed["exit"] == "TRAINED"
    assert undisturbed["dataset"]["version"] == trainer.version
    assert undisturbed["base"]["commit"].startswith("sha256:")
    assert undisturbed["rows"] == {"train": 40, "test": 8}
    assert undisturbed["rows_left_out"] == {"train": {}, "test": {}}
    assert undisturbed["steps"] == 10
    assert undisturbed["first_loss"] == pytest.approx(math.log(2), abs=1e-3)
    assert undisturbed["test"]["eval_loss"] < undisturbed["first_loss"]
    assert undisturbed["speed"]["tokens_per_s"] > 0
    assert 0 < undisturbed["speed"]["padding_share"] < 1
    assert undisturbed["speed"]["mfu"] is None, "a CPU has no peak to be a share of"


def test_the_merged_model_is_near_the_adapter_and_far_from_the_base(undisturbed):
    merge = undisturbed["merge"]
    assert merge["kl_merged_nats"] < 1e-6 < merge["kl_base_nats"]
    assert merge["max_logit_difference"] < 1e-4


def test_a_training_asks_nothing_of_the_network(undisturbed, firewall):
    assert firewall.asked == []


def test_everything_stands_in_the_lake_and_no_reference_adapter_among_it(undisturbed, trainer):
    keys = {found.key.removeprefix("runs/undisturbed/") for found in trainer.lake.store.objects("runs/undisturbed")}
    assert {"recipe.json", "metrics.jsonl", "samples.json", "log.txt", "result.json"} <= keys
    assert {"merged/model.safetensors", "merged/tokenizer.json", "merged/config.json"} <= keys
    assert {key for key in keys if key.startswith("adapter/")} == {
        "adapter/adapter_config.json",
        "adapter/adapter_model.safetensors",
    }
    assert {key.split("/")[1] for key in keys if key.startswith("checkpoints/")} == {"step-8", "step-10"}


def test_nothing_that_is_published_names_a_folder_of_the_machine(undisturbed, trainer):
    for part in ("adapter", "merged"):
        for found in trainer.lake.store.objects(f"runs/undisturbed/{part}"):
            assert b"ownvoice-training-" not in trainer.lake.store.read(found.key), found.key


def test_the_fixed_questions_are_answered_by_both_models(undisturbed, trainer):
    samples = trainer.lake.read_json("runs/undisturbed/samples.json")
    assert [sample["question"] for sample in samples] == list(QUESTIONS)
    assert all(set(sample) == {"question", "base", "trained"} for sample in samples)


def test_the_metrics_have_a_row_for_every_step_and_every_evaluation(undisturbed, trainer):
    lines = trainer.lake.store.read("runs/undisturbed/metrics.jsonl").decode().splitlines()
    rows = [json.loads(line) for line in lines]
    assert [row["step"] for row in rows if "loss" in row] == list(range(1, 11))
    assert [row["step"] for row in rows if "eval_loss" in row] == [2, 4, 6, 8, 10]


def test_a_run_that_is_trained_is_not_trained_again(undisturbed, trainer):
    before = trainer.lake.store.read("runs/undisturbed/result.json")
    code, printed = end_of(trainer.start(f"{trainer.lake.uri}/runs/undisturbed/recipe.json"))
    assert code == 0
    assert "nothing is left to do" in printed
    assert trainer.lake.store.read("runs/undisturbed/result.json") == before


def test_a_trainer_killed_in_training_goes_on_from_its_checkpoint_to_the_same_weights(undisturbed, trainer):
    uri = trainer.ask("killed")
    process = trainer.start(uri)
    wait_for(trainer.lake, "runs/killed/checkpoints/step-2/checkpoint.json", process)
    process.kill()
    process.communicate()
    code, printed = end_of(trainer.start(uri))
    assert code == Exit.TRAINED, printed
    assert trainer.result("killed")["resumed_from_step"] in (2, 4, 6, 8)
    assert trainer.adapter("killed") == trainer.adapter("undisturbed")
    assert trainer.result("killed")["final"]["loss"] == undisturbed["final"]["loss"]


def test_sigterm_in_training_leaves_a_checkpoint_and_a_named_end(undisturbed, trainer):
    uri = trainer.ask("stopped", epochs=4)
    process = trainer.start(uri)
    wait_for(trainer.lake, "runs/stopped/checkpoints/step-8/checkpoint.json", process)
    process.send_signal(signal.SIGTERM)
    code, printed = end_of(process)
    assert code == Exit.STOPPED, printed
    result = trainer.result("stopped")
    assert result["exit"] == "STOPPED"
    assert "Start the same command again" in result["message"]
    step = int(result["message"].split("after step ")[1].split(",")[0])
    assert trainer.lake.read_json(f"runs/stopped/checkpoints/step-{step}/checkpoint.json")["step"] == step


def test_the_pages_read_all_that_a_real_run_leaves(trainer, undisturbed):
    found = read_training(trainer.lake, "undisturbed")
    assert found.faults == ()
    assert found.state == undisturbed["health"]["verdict"]
    assert {row["step"] for row in found.metrics} == set(range(1, 11))
    assert found.health.model_dump(mode="json") == undisturbed["health"]
    assert found.result.stored() == undisturbed
    assert all(sample.question for sample in found.samples)
