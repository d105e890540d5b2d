"""TRL as the trainer sets it up, held against the mathematics of Rafailov et al. 2023 written out by hand."""

import math

import pytest

torch = pytest.importorskip("torch")

from ownvoice.errors import WrongStartError  # noqa: E402
from ownvoice.training.recipe import TrainingRecipe  # noqa: E402
from ownvoice.training.trainer.backends import trl as trl_backend  # noqa: E402
from ownvoice.training.trainer.base import Base  # noqa: E402
from ownvoice.training.trainer.cpu_log_probs import log_probs  # noqa: E402
from ownvoice.training.trainer.dpo import make_trainer as make_dpo_trainer  # noqa: E402
from ownvoice.training.trainer.dpo import save_adapter, try_longest_batch  # noqa: E402
from ownvoice.training.trainer.prompts import format_pairs  # noqa: E402
from ownvoice.training.version_pairs import Pair  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")  # those of torch and transformers are not ours

RECIPE = TrainingRecipe(
    backend="trl", base_model="lake:toy", max_length=256, lora_rank=4, batch_pairs=3, accumulation_steps=1
)
PAIRS = [
    Pair(str(i), f"Ask {i}?", f"I’d say {i}. " * (i + 1), f"It is worth noting the number {i}. " * 2) for i in range(6)
]


@pytest.fixture
def dpo(toy, tmp_path):
    trl_backend.prepare(RECIPE, tmp_path)
    loaded = trl_backend.load(toy, RECIPE)
    rows = format_pairs(PAIRS, loaded.tokenizer, RECIPE)
    return make_dpo_trainer(loaded, rows, rows, RECIPE, tmp_path / "output", []), rows


def move_the_adapter(model):
    """Give the adapter an effect, as training would."""
    torch.manual_seed(1)
    with torch.no_grad():
        for name, weights in model.named_parameters():
            if "lora_B" in name:
                weights.normal_(std=0.05)


def sequence_log_probs(model, batch):
    """Sum the log-probabilities of the answer's tokens, from the whole logits in float64."""
    with torch.no_grad():
        logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits.double()
    of_tokens = logits[:, :-1].log_softmax(-1).gather(-1, batch["input_ids"][:, 1:, None])[..., 0]
    return (of_tokens * batch["completion_mask"][:, 1:]).sum(1)


def test_the_loss_is_that_of_the_paper(dpo):
    trainer, _ = dpo
    move_the_adapter(trainer.model)
    batch = trainer.data_collator([trainer.train_dataset[i] for i in range(6)])
    policy = sequence_log_probs(trainer.model, batch)
    with trainer.model.disable_adapter():
        reference = sequence_log_probs(trainer.model, batch)
    chosen, rejected = (RECIPE.beta * (policy - reference)).chunk(2)
    by_hand = -torch.log(1 / (1 + torch.exp(-(chosen - rejected)))).mean()
    by_trl = trainer.compute_loss(trainer.model, batch)
    assert abs(float(by_hand) - math.log(2)) > 1e-3, "the adapter has an effect"
    assert float(by_trl) == pytest.approx(float(by_hand), abs=1e-4)


def test_the_gradient_is_that_of_the_loss(dpo):
    """A step of finite length along one weight changes the loss by what its gradient says."""
    trainer, _ = dpo
    move_the_adapter(trainer.model)
    batch = trainer.data_collator([trainer.train_dataset[0]])
    weights = next(w for name, w in trainer.model.named_parameters() if "lora_B" in name and w.requires_grad)
    trainer.compute_loss(trainer.model, batch).backward()
    direction, slope, length = weights.grad / weights.grad.norm(), float(weights.grad.norm()), 1e-3
    losses = []
    with torch.no_grad():
        for sign in (1, -1):
            weights += sign * length * direction
            losses.append(float(trainer.compute_loss(trainer.model, batch)))
            weights -= sign * length * direction
    assert (losses[0] - losses[1]) / (2 * length) == pytest.approx(slope, rel=0.05)


def test_an_untrained_model_equals_its_reference_and_the_longest_batch_is_tried_first(dpo):
    trainer, rows = dpo
    assert try_longest_batch(trainer, rows.tokens, RECIPE) == max(rows.tokens)
    assert not trainer._metrics["train"], "the trial leaves no number behind"
    assert all(weights.grad is None for weights in trainer.model.parameters())


def test_a_model_that_does_not_equal_its_reference_is_refused(dpo):
    trainer, rows = dpo
    move_the_adapter(trainer.model)
    with pytest.raises(WrongStartError, match=r"must be 0\.6931"):
        try_longest_batch(trainer, rows.tokens, RECIPE)


@pytest.mark.parametrize("loss_type", ["sigmoid", "hinge", "ipo"])
def test_the_first_loss_of_every_kind_is_known(toy, tmp_path, loss_type):
    recipe = RECIPE.model_copy(update={"loss_type": loss_type})
    trl_backend.prepare(recipe, tmp_path)
    loaded = trl_backend.load(toy, recipe)
    rows = format_pairs(PAIRS, loaded.tokenizer, recipe)
    try_longest_batch(make_dpo_trainer(loaded, rows, rows, recipe, tmp_path / "o", []), rows.tokens, recipe)


def test_a_reference_adapter_is_never_saved(toy, tmp_path):
    """Unsloth hands over a model that wears its adapter already; TRL would add a frozen copy of it."""
    from peft import get_peft_model

    trl_backend.prepare(RECIPE, tmp_path)
    loaded = trl_backend.load(toy, RECIPE)
    rows = format_pairs(PAIRS, loaded.tokenizer, RECIPE)
    wearing = loaded._replace(model=get_peft_model(loaded.model, loaded.lora), lora=None)
    trainer = make_dpo_trainer(wearing, rows, rows, RECIPE, tmp_path / "output", [])
    assert set(trainer.model.peft_config) == {"default"}
    save_adapter(trainer.model, tmp_path / "adapter", Base("owner/base", "abc", toy))
    assert sorted(p.name for p in (tmp_path / "adapter").rglob("*")) == [
        "adapter_config.json",
        "adapter_model.safetensors",
    ]
    assert '"base_model_name_or_path": "owner/base"' in (tmp_path / "adapter" / "adapter_config.json").read_text()


def test_the_plain_log_probabilities_are_those_of_a_softmax():
    torch.manual_seed(0)
    hidden, weight, targets = torch.randn(5, 8), torch.randn(11, 8), torch.tensor([0, 3, 10, 3, 7])
    found, entropy, _, mean, hit = log_probs(
        hidden, weight, None, targets, 1.0, 4, outputs=("entropy", "mean_logits", "is_top1")
    )
    logits = hidden @ weight.T
    p = logits.softmax(-1)
    assert torch.allclose(found, torch.log(p[range(5), targets]), atol=1e-5)
    assert torch.allclose(entropy, -(p * p.log()).sum(-1), atol=1e-5)
    assert torch.allclose(mean, logits.mean(-1))
    assert torch.equal(hit, logits.argmax(-1) == targets)
