"""The processes of a training, built one after the other in this one: what each sees, and how much it weighs."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from ownvoice.training.recipe import TrainingRecipe  # noqa: E402
from ownvoice.training.trainer.backends import trl as trl_backend  # noqa: E402
from ownvoice.training.trainer.dpo import make_trainer  # noqa: E402
from ownvoice.training.trainer.formatted import format_pairs  # noqa: E402
from ownvoice.training.trainer.ranks.place import ALONE, Place  # noqa: E402
from ownvoice.training.version_pairs import Pair  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")  # those of torch and transformers are not ours

# Steps of twelve pairs, of which the last one of an epoch has seven: one pass of two processes is empty.
RECIPE = TrainingRecipe(
    backend="trl", base_model="lake:toy", max_length=256, lora_rank=4, batch_pairs=2, accumulation_steps=6, seed=3
)  # fmt: skip
PAIRS = [
    Pair(str(i), f"Ask {i}?", f"I’d say {i}. " * (1 + i % 3), f"It is worth noting the number {i}. ") for i in range(31)
]
RANKS = 3
PASSES = 2


@pytest.fixture(scope="module")
def built(toy, tmp_path_factory):
    """The trainer of one process alone, and those of three."""
    folder = tmp_path_factory.mktemp("ranks")
    trl_backend.prepare(RECIPE, folder)
    found = []
    for place in (ALONE, *(Place(rank, RANKS) for rank in range(RANKS))):
        loaded = trl_backend.load(toy, RECIPE)
        rows = format_pairs(PAIRS, loaded.tokenizer, RECIPE)
        found.append(make_trainer(loaded, rows, rows, RECIPE, folder, [], place))
    return found[0], found[1:]


def test_each_reference_is_computed_by_one_process_and_known_to_all(toy, tmp_path, monkeypatch):
    """What the processes add up is what one alone computes."""
    recipe = RECIPE.model_copy(update={"precompute_ref_log_probs": True})
    monkeypatch.setattr(Place, "totals", lambda self, mine: [*mine])
    trl_backend.prepare(recipe, tmp_path)
    columns = []
    for place in (ALONE, *(Place(rank, RANKS) for rank in range(RANKS))):
        loaded = trl_backend.load(toy, recipe)
        rows = format_pairs(PAIRS[:7], loaded.tokenizer, recipe)
        known = make_trainer(loaded, rows, rows, recipe, tmp_path, [], place).train_dataset
        columns.append(torch.tensor([known["ref_chosen_logps"], known["ref_rejected_logps"]]))
    alone, *together = columns
    assert alone.abs().min() > 1
    assert torch.allclose(sum(together), alone, atol=1e-4)
    assert [int((share[0] != 0).sum()) for share in together] == [3, 2, 2]


def texts(batch):
    """The pairs of a batch that count, each as the tokens of its chosen answer and its rejected one."""
    half = len(batch["input_ids"]) // 2
    rows = [
        tuple(row[mask.bool()].tolist()) for row, mask in zip(batch["input_ids"], batch["attention_mask"], strict=True)
    ]
    return list(zip(rows[:half], rows[half:], strict=True))[: batch.get("pairs", half)]


def steps_of(loader, passes):
    """The batches of an epoch, step by step."""
    batches = list(loader)
    return [batches[start : start + passes] for start in range(0, len(batches), passes)]


@pytest.mark.parametrize("epoch", [0, 1])
def test_every_step_has_the_pairs_that_one_process_sees_in_it(built, epoch):
    alone, together = built
    loaders = [trainer.get_train_dataloader() for trainer in (alone, *together)]
    for loader in loaders:
        loader.set_epoch(epoch)
    expected, *shares = (
        steps_of(loader, passes)
        for loader, passes in zip(loaders, [RECIPE.accumulation_steps, *RANKS * [PASSES]], strict=True)
    )
    assert [len(share) for share in shares] == RANKS * [len(expected)] == RANKS * [3]
    for step, batches in enumerate(expected):
        whole = sorted(pair for batch in batches for pair in texts(batch))
        assert sorted(pair for share in shares for batch in share[step] for pair in texts(batch)) == whole
    assert len({len(loader) for loader in loaders[1:]}) == 1


def test_a_resumed_epoch_goes_on_after_the_pairs_that_were_seen(built):
    from accelerate import skip_first_batches

    for trainer in built[1]:
        whole = [texts(batch) for batch in trainer.get_train_dataloader()]
        assert [texts(batch) for batch in skip_first_batches(trainer.get_train_dataloader(), PASSES)] == whole[PASSES:]


def test_every_pair_of_a_step_weighs_the_same_also_in_the_last_one(built):
    """The mean over processes of what each adds up is the mean over pairs, as DDP averages gradients."""
    for step, in_step in ((0, 12), (2, 7)):
        losses, added = [], 0.0
        for trainer in built[1]:
            move_the_adapter(trainer.model)
            trainer.model.train()
            passes = steps_of(trainer.get_train_dataloader(), PASSES)[step]
            trainer.state.global_step, trainer.current_gradient_accumulation_steps = step, len(passes)
            with torch.no_grad():
                losses += [loss for batch in passes for loss in losses_of(trainer, batch)]
                added += sum(float(trainer.compute_loss(trainer.model, {**batch})) / len(passes) for batch in passes)
        assert len(losses) == in_step
        assert added / RANKS == pytest.approx(sum(losses) / in_step, abs=1e-5)


def move_the_adapter(model):
    torch.manual_seed(0)
    with torch.no_grad():
        for name, weights in model.named_parameters():
            if "lora_B" in name:
                weights.normal_(std=0.05)


def losses_of(trainer, batch):
    """The loss of each pair by itself."""
    half = len(batch["input_ids"]) // 2
    for number in range(batch["pairs"]):
        one = {name: batch[name][[number, half + number]] for name in batch if name != "pairs"}
        yield float(trainer.compute_loss(trainer.model, one))


def test_the_log_has_the_means_over_pairs_and_the_sum_of_tokens(built, monkeypatch):
    """Two processes: three pairs here in two passes, five there."""
    trainer = built[1][0]
    monkeypatch.setattr(Place, "totals", lambda self, mine: [x + y for x, y in zip(mine, other, strict=True)])
    logged = {}
    monkeypatch.setattr(trainer.callback_handler, "on_log", lambda args, state, control, logs: logged.update(logs))
    trainer.model.train()
    trainer._pairs, trainer._total_train_tokens = [2, 1], 70
    trainer._metrics["train"].clear()
    trainer._metrics["train"].update({"rewards/margins": [1.0, 4.0], "num_tokens": [70]})
    other = [5 * 3.0, 5, 30]
    trainer.log({"loss": 0.5})
    assert logged["rewards/margins"] == pytest.approx((2 * 1 + 1 * 4 + 5 * 3) / 8)
    assert logged["num_tokens"] == 100
    assert logged["loss"] == 0.5
