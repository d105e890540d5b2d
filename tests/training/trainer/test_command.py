"""Each way to fail ends in its own exit code, with a result in the lake that says what to do."""

import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from ownvoice.errors import Exit, StorageError  # noqa: E402
from ownvoice.training.__main__ import main  # noqa: E402
from ownvoice.training.metric_rows import read_rows  # noqa: E402
from ownvoice.training.recipe import TrainingRecipe  # noqa: E402
from ownvoice.training.trainer import fit  # noqa: E402
from ownvoice.training.trainer.folders import delete_folder  # noqa: E402
from ownvoice.training.trainer.merge_check import check  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def failing(make_trainer, tmp_path, monkeypatch):
    """Run the trainer in this process and return how it ended: code, name and message."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")  # as the trainer sets it; so it is put back
    trainer = make_trainer(tmp_path / "lake")

    def run(**asked):
        code = main(["--recipe", trainer.ask("failing", **asked)])
        result = trainer.result("failing")
        assert Exit[result["exit"]] == code
        return code, result["message"]

    run.lake = trainer.lake
    return run


def test_a_recipe_that_cannot_work_on_this_version(failing):
    code, message = failing(warmup_steps=10)
    assert code == Exit.BAD_RECIPE
    assert "make it at most 9" in message


def test_a_recipe_that_is_no_recipe_ends_before_there_is_a_run(lake, capsys):
    lake.write_json("recipe.json", {"run_id": "x"})
    assert main(["--recipe", f"{lake.uri}/recipe.json"]) == Exit.BAD_RECIPE
    assert "recipe: field required" in capsys.readouterr().err


def test_a_version_that_is_gone(failing):
    code, message = failing(version=99)
    assert (code, "no dataset version" in message) == (Exit.BAD_DATA, True)


def test_a_base_that_is_not_in_the_lake(failing):
    code, message = failing(base_model="lake:models/none")
    assert code == Exit.BAD_BASE
    assert "ownvoice.training.trainer.tiny" in message


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
@pytest.mark.parametrize("recipe", [{"backend": "unsloth"}, {"load_in_4bit": True}])
def test_no_gpu(failing, monkeypatch, recipe):
    monkeypatch.setenv("UNSLOTH_DISABLE_CPU_FALLBACK", "")
    monkeypatch.delenv("UNSLOTH_DISABLE_CPU_FALLBACK")  # so that what the unsloth backend sets goes with this test
    code, message = failing(**recipe)
    assert code == Exit.NO_GPU
    assert "GPU" in message


def test_a_device_that_is_too_small(failing, monkeypatch):
    only_room_for(0, monkeypatch)
    code, message = failing()
    assert code == Exit.OUT_OF_MEMORY
    assert "Lower max_length or lora_rank" in message
    assert b"trying 1, accumulated 4 times" in failing.lake.store.read("runs/failing/log.txt")


def only_room_for(pairs, monkeypatch):
    """Make a device that holds so many pairs at once, and raises what PyTorch does for more."""
    from trl import DPOTrainer

    whole = DPOTrainer.compute_loss

    def limited(self, model, inputs, *args, **kwargs):
        if len(inputs["input_ids"]) > 2 * pairs:
            raise torch.OutOfMemoryError("Tried to allocate 20 GiB")
        return whole(self, model, inputs, *args, **kwargs)

    monkeypatch.setattr(DPOTrainer, "compute_loss", limited)


def test_a_batch_that_does_not_fit_is_halved_and_trains_as_if_it_had_been_asked_for(failing, monkeypatch):
    monkeypatch.setattr("ownvoice.training.trainer.train._merge", lambda *_: None)
    adapter = "runs/failing/adapter/adapter_model.safetensors"
    assert failing(batch_pairs=1, accumulation_steps=4)[0] == Exit.TRAINED
    asked_for = failing.lake.store.read(adapter)
    delete_folder(failing.lake.store, "runs/failing")
    only_room_for(1, monkeypatch)
    assert failing(batch_pairs=4, accumulation_steps=1)[0] == Exit.TRAINED
    result = failing.lake.read_json("runs/failing/result.json")
    assert result["batch"] == {"pairs": 1, "accumulation_steps": 4, "gpu_count": 1}
    assert result["steps"] == 10
    assert failing.lake.store.read(adapter) == asked_for


def test_a_loss_that_is_no_number_stops_the_run_and_keeps_no_checkpoint_of_it(failing, monkeypatch):
    from trl import DPOTrainer

    whole = DPOTrainer.compute_loss
    monkeypatch.setattr(
        DPOTrainer,
        "compute_loss",
        lambda self, *args, **kwargs: whole(self, *args, **kwargs) * (float("nan") if self.state.global_step else 1),
    )
    code, message = failing()
    assert code == Exit.DIVERGED
    assert "at step 2" in message
    assert list(failing.lake.store.objects("runs/failing/checkpoints")) == []


def test_a_run_that_is_blocked_can_be_stopped_while_it_burns_gpu_time(failing):
    code, message = failing(stop_when_blocked=True, learning_rate=0.1, accumulation_steps=1)
    assert code == Exit.DIVERGED
    assert message.startswith("stopped at step")


def test_a_first_loss_that_is_scaled_wrongly_stops_the_run(failing, monkeypatch):
    monkeypatch.setattr(fit, "fit_batch_to_memory", lambda *_: 1)
    from trl import DPOTrainer

    whole = DPOTrainer.compute_loss
    monkeypatch.setattr(DPOTrainer, "compute_loss", lambda self, *a, **k: whole(self, *a, **k) * 2)
    code, message = failing()
    assert code == Exit.WRONG_START
    assert "the first loss is 1.3863 and must be 0.6931" in message


def test_a_training_with_every_knob_logs_its_supervised_loss_and_is_judged_without_it(failing, monkeypatch):
    monkeypatch.setattr("ownvoice.training.trainer.train._merge", lambda *_: None)
    knobs = {"label_smoothing": 0.1, "rpo_alpha": 1.0, "ld_alpha": 0.5, "precompute_ref_log_probs": True}
    assert failing(**knobs)[0] == Exit.TRAINED
    rows = read_rows(failing.lake.store.read("runs/failing/metrics.jsonl"))[0]
    recipe = TrainingRecipe(**knobs)
    [last] = [row for row in rows if row["step"] == 10 and "eval_loss" in row]
    assert recipe.preference_loss(rows[0]) == pytest.approx(recipe.first_loss, abs=1e-3)
    assert last["eval_supervised_loss"] < rows[0]["supervised_loss"]
    assert last["eval_loss"] > 2 > recipe.first_loss > recipe.preference_loss(last, "eval_")
    health = failing.lake.read_json("runs/failing/result.json")["health"]
    assert "validation_gap" not in {finding["rule"] for finding in health["findings"]}


def test_a_tracker_that_cannot_start_is_left_out(failing, monkeypatch):
    monkeypatch.delenv("COMET_API_KEY", raising=False)
    monkeypatch.setattr("ownvoice.training.trainer.train._merge", lambda *_: None)
    assert failing(tracker="comet_ml")[0] == Exit.TRAINED
    assert b"COMET_API_KEY is not set" in failing.lake.store.read("runs/failing/log.txt")


def test_a_store_that_refuses_the_checkpoint(failing, monkeypatch):
    def refuse(*_):
        raise StorageError("access denied")

    monkeypatch.setattr(fit, "keep_checkpoint", refuse)
    assert failing() == (Exit.STORAGE, "access denied")


def test_a_fault_that_nobody_foresaw_leaves_its_trace_in_the_log(failing, monkeypatch):
    monkeypatch.setattr(fit, "keep_checkpoint", lambda *_: 1 / 0)
    assert failing() == (Exit.FAULT, "ZeroDivisionError: division by zero")
    assert b"Traceback" in failing.lake.store.read("runs/failing/log.txt")


def test_a_recipe_that_changes_only_what_follows_the_training_does_not_train_again(failing, monkeypatch):
    monkeypatch.setattr("ownvoice.training.trainer.train._merge", lambda *_: None)
    assert failing()[0] == Exit.TRAINED
    assert failing(sample_tokens=4, merge_dtype="float16")[0] == Exit.TRAINED
    result = failing.lake.read_json("runs/failing/result.json")
    assert (result["resumed_from_step"], result["recipe"]["sample_tokens"]) == (10, 4)


def in_this_process(module, *arguments):
    *folders, texts = map(Path, arguments)
    return json.dumps(check(*folders, json.loads(texts.read_text())))


def test_the_metrics_up_to_a_checkpoint_are_in_the_lake_before_it_is(failing, monkeypatch):
    seen, real = {}, fit.keep_checkpoint

    def keep(lake, keys, step, folder, identity):
        seen[step] = read_rows(lake.store.read(keys.metrics))[0]
        real(lake, keys, step, folder, identity)

    monkeypatch.setattr(fit, "keep_checkpoint", keep)
    assert failing()[0] == Exit.TRAINED
    assert {step: rows[-1]["step"] for step, rows in seen.items()} == {step: step for step in (2, 4, 6, 8, 10)}
    assert all("eval_loss" in rows[-1] for rows in seen.values())


def test_a_merge_that_fails_keeps_the_adapter_and_the_next_try_does_not_train_again(failing, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr("ownvoice.training.trainer.merge_check._NEAR_OVER_FAR", -1.0)
        broken.setattr("ownvoice.training.trainer.merge_check.run_offline", in_this_process)
        code, message = failing()
    assert code == Exit.MERGE_MISMATCH
    assert "the adapter is in the lake" in message
    assert list(failing.lake.store.objects("runs/failing/merged")) == []
    adapter = failing.lake.store.read("runs/failing/adapter/adapter_model.safetensors")
    code, message = failing()
    assert code == Exit.TRAINED, message
    result = failing.lake.read_json("runs/failing/result.json")
    assert (result["resumed_from_step"], result["speed"]) == (10, None)
    assert failing.lake.store.read("runs/failing/adapter/adapter_model.safetensors") == adapter
