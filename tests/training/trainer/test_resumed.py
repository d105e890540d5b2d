"""A training that resumes goes on from its checkpoint, also with the adapter on the model as Unsloth hands it over."""

from __future__ import annotations

import re

import pytest

torch = pytest.importorskip("torch")

from safetensors.torch import load_file, save_file  # noqa: E402

from ownvoice.errors import WrongStartError  # noqa: E402
from ownvoice.training.recipe import TrainingRecipe  # noqa: E402
from ownvoice.training.trainer.backends import trl as trl_backend  # noqa: E402
from ownvoice.training.trainer.backends.protocol import Loaded  # noqa: E402
from ownvoice.training.trainer.callbacks import as_callback  # noqa: E402
from ownvoice.training.trainer.dpo import make_trainer  # noqa: E402
from ownvoice.training.trainer.formatted import format_pairs  # noqa: E402
from ownvoice.training.trainer.resumed import ResumedAdapter, refuse_incomplete  # noqa: E402
from ownvoice.training.version_pairs import Pair  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")  # those of torch and transformers are not ours

RECIPE = TrainingRecipe(
    backend="trl", base_model="lake:toy", max_length=256, lora_rank=4, batch_pairs=2, accumulation_steps=1,
    learning_rate=1e-2, warmup_steps=1, epochs=2,
)  # fmt: skip
PAIRS = [Pair(str(i), f"Ask {i}?", f"I’d say {i}. " * 3, f"It is worth noting the number {i}. ") for i in range(8)]


@pytest.fixture(params=["adapter by TRL", "adapter on the model"])
def new_trainer(request, toy, tmp_path):
    """Return a function that builds the trainer of a fresh try."""

    def build():
        trl_backend.prepare(RECIPE, tmp_path)
        loaded = trl_backend.load(toy, RECIPE)
        if request.param == "adapter on the model":
            from peft import get_peft_model

            torch.manual_seed(RECIPE.seed)
            loaded = Loaded(get_peft_model(loaded.model, loaded.lora), loaded.tokenizer, None)
        rows = format_pairs(PAIRS, loaded.tokenizer, RECIPE)
        return make_trainer(loaded, rows, rows, RECIPE, tmp_path / "output", [])

    return build


def adapter(trainer):
    return {name: weights.clone() for name, weights in trainer.model.named_parameters() if "lora_" in name}


def last_checkpoint_but_one(folder):
    return sorted((folder / "output").glob("checkpoint-*"), key=lambda path: int(path.name.split("-")[1]))[-2]


def test_it_ends_where_the_undisturbed_run_ends(new_trainer, tmp_path):
    undisturbed = new_trainer()
    undisturbed.train()
    checkpoint = last_checkpoint_but_one(tmp_path)
    assert not (checkpoint / "ref").exists()
    resumed = new_trainer()
    resumed.add_callback(as_callback(ResumedAdapter(checkpoint)))
    resumed.train(resume_from_checkpoint=str(checkpoint))
    assert resumed.state.global_step == undisturbed.state.global_step
    ends = adapter(undisturbed)
    assert max(float(weights.abs().max()) for name, weights in ends.items() if "lora_B" in name) > 0
    assert all(torch.equal(weights, ends[name]) for name, weights in adapter(resumed).items())


def test_an_adapter_that_is_not_the_checkpoint_s_is_not_trained(new_trainer, tmp_path):
    new_trainer().train()
    checkpoint = last_checkpoint_but_one(tmp_path)
    held = ResumedAdapter(checkpoint)
    trainer = new_trainer()
    with pytest.raises(WrongStartError, match="are not those of checkpoint-"):
        held.on_train_begin(None, None, None, model=trainer.model)
    file = checkpoint / "adapter_model.safetensors"
    tensors = load_file(file)
    tensors.pop(sorted(tensors)[0])
    save_file(tensors, file)
    trainer.add_callback(as_callback(held))
    with pytest.raises((WrongStartError, ValueError)):
        trainer.train(resume_from_checkpoint=str(checkpoint))


def test_a_checkpoint_in_which_any_file_is_missing_that_transformers_wrote_is_not_gone_on_from(new_trainer, tmp_path):
    new_trainer().train()
    checkpoint = last_checkpoint_but_one(tmp_path)
    refuse_incomplete(checkpoint)
    for name in ("adapter_model.safetensors", "optimizer.pt", "scheduler.pt", "rng_state.pth", "trainer_state.json"):
        file = checkpoint / name
        held = file.read_bytes()
        file.unlink()
        said = re.escape(name.replace("rng_state", "rng_state*"))  # of several processes each has one of its own
        with pytest.raises(WrongStartError, match=f"{checkpoint.name} lacks {said}: .* Delete this checkpoint"):
            refuse_incomplete(checkpoint)
        file.write_bytes(held)
