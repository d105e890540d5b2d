"""TRL as the trainer sets it up, held against the mathematics of the papers written out by hand."""

import math
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from ownvoice.errors import WrongStartError  # noqa: E402
from ownvoice.training.recipe import TrainingRecipe  # noqa: E402
from ownvoice.training.recipe_checks import problems_of  # noqa: E402
from ownvoice.training.trainer.backends import trl as trl_backend  # noqa: E402
from ownvoice.training.trainer.base import Base  # noqa: E402
from ownvoice.training.trainer.callbacks import wrong_start  # noqa: E402
from ownvoice.training.trainer.cpu_log_probs import log_probs  # noqa: E402
from ownvoice.training.trainer.dpo import make_trainer as make_dpo_trainer  # noqa: E402
from ownvoice.training.trainer.dpo import save_adapter, try_longest_batch  # noqa: E402
from ownvoice.training.trainer.formatted import format_pairs  # noqa: E402
from ownvoice.training.version_pairs import Pair  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")  # those of torch and transformers are not ours

RECIPE = TrainingRecipe(
    backend="trl", base_model="lake:toy", max_length=256, lora_rank=4, batch_pairs=3, accumulation_steps=1
)
PAIRS = [
    Pair(str(i), f"Ask {i}?", f"I’d say {i}. " * (i + 1), f"It is worth noting the number {i}. " * 2) for i in range(6)
]


@pytest.fixture
def build(toy, tmp_path):
    """Return a function that makes the trainer of the recipe with these fields, and the rows that it trains on."""

    def make(**fields):
        recipe = RECIPE.model_copy(update=fields)
        trl_backend.prepare(recipe, tmp_path)
        loaded = trl_backend.load(toy, recipe)
        rows = format_pairs(PAIRS, loaded.tokenizer, recipe)
        return make_dpo_trainer(loaded, rows, rows, recipe, tmp_path / "output", []), rows, recipe

    return make


@pytest.fixture
def dpo(build):
    return build()[:2]


def move_the_adapter(model):
    """Give the adapter an effect, as training would."""
    torch.manual_seed(1)
    with torch.no_grad():
        for name, weights in model.named_parameters():
            if "lora_B" in name:
                weights.normal_(std=0.05)


def answers_log_probs(model, batch):
    """The log-probabilities of each answer's tokens, from the whole logits in float64: chosen ones, then rejected."""
    with torch.no_grad():
        logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits.double()
    of_tokens = logits[:, :-1].log_softmax(-1).gather(-1, batch["input_ids"][:, 1:, None])[..., 0]
    answers = [row[mask.bool()] for row, mask in zip(of_tokens, batch["completion_mask"][:, 1:], strict=True)]
    return answers[: len(answers) // 2], answers[len(answers) // 2 :]


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


# Each of h = beta x (log-ratio of the chosen answer - that of the rejected one), and of the smoothing e.
LOSSES = {
    "sigmoid": lambda h, e: -((1 - e) * math.log(sigmoid(h)) - e * math.log(sigmoid(-h))) / (1 - 2 * e),
    "hinge": lambda h, e: max(0.0, 1 - h),
}


def loss_by_hand(trainer, batch, recipe):
    """The loss of the papers, pair by pair: Rafailov et al., with the terms of Chowdhury, Liu and Pang et al."""
    policy = answers_log_probs(trainer.model, batch)
    with trainer.model.disable_adapter():
        reference = answers_log_probs(trainer.model, batch)
    losses = []
    for pair in range(len(policy[0])):
        ratios = [(policy[side][pair] - reference[side][pair]) for side in (0, 1)]
        shorter = min(map(len, ratios))
        chosen, rejected = (float(ratio[:shorter].sum() + recipe.ld_alpha * ratio[shorter:].sum()) for ratio in ratios)
        preference = LOSSES[recipe.loss_type](recipe.beta * (chosen - rejected), recipe.label_smoothing)
        losses.append(preference - recipe.rpo_alpha * float(policy[0][pair].mean()))
    return sum(losses) / len(losses)


KNOBS = [
    {},
    {"label_smoothing": 0.1},
    {"rpo_alpha": 0.2, "loss_type": "hinge"},
    {"ld_alpha": 0.0},
    {"ld_alpha": 0.5, "loss_type": "hinge"},
    {"precompute_ref_log_probs": True},
    {"label_smoothing": 0.2, "rpo_alpha": 0.5, "ld_alpha": 0.3, "precompute_ref_log_probs": True},
]


@pytest.mark.parametrize("knobs", KNOBS, ids=str)
def test_the_loss_is_that_of_the_papers(build, knobs):
    trainer, rows, recipe = build(**knobs)
    assert try_longest_batch(trainer, rows.tokens, recipe) == max(rows.tokens), "the first loss is the known one"
    move_the_adapter(trainer.model)
    batch = trainer.data_collator([trainer.train_dataset[i] for i in range(6)])
    by_hand = loss_by_hand(trainer, batch, recipe)
    assert float(trainer.compute_loss(trainer.model, batch)) == pytest.approx(by_hand, abs=1e-4)
    chapters = loss_by_hand(trainer, batch, RECIPE.model_copy(update={"loss_type": recipe.loss_type}))
    changes_the_loss = knobs.keys() - {"loss_type", "precompute_ref_log_probs"}
    assert (abs(by_hand - chapters) > 1e-3) == bool(changes_the_loss)


def test_the_supervised_loss_of_a_batch_is_the_mean_of_its_pairs_and_so_the_same_in_every_cut(build):
    trainer, *_ = build(rpo_alpha=0.7)
    move_the_adapter(trainer.model)
    rows = [trainer.train_dataset[i] for i in range(6)]
    trainer.model.train()
    with torch.no_grad():
        whole, *parts = (
            float(trainer.compute_loss(trainer.model, trainer.data_collator(some)))
            for some in (rows, *([row] for row in rows))
        )
    assert whole == pytest.approx(sum(parts) / 6, abs=1e-5)
    supervised = trainer._metrics["train"]["supervised_loss"]
    assert supervised[0] == pytest.approx(sum(supervised[1:]) / 6, abs=1e-5)
    assert min(supervised) > 1, "nats a token of a toy"


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    loss_type=st.sampled_from(["sigmoid", "hinge", "ipo"]),
    label_smoothing=st.sampled_from([0, 0.1, 0.49]),
    rpo_alpha=st.sampled_from([0, 1]),
    ld_alpha=st.sampled_from([1, 0.5, 0]),
    precompute_ref_log_probs=st.booleans(),
    padding_free=st.booleans(),
)
def test_every_combination_is_refused_at_planning_or_trains(build, **knobs):
    recipe = TrainingRecipe.model_validate(RECIPE.model_dump() | knobs | {"warmup_steps": 0})
    if list(problems_of(recipe, train_pairs=100)):
        return
    trainer, rows, recipe = build(**knobs, warmup_steps=0)
    try_longest_batch(trainer, rows.tokens, recipe)
    trainer.args.max_steps = 1
    trainer.train()
    [row] = [row for row in trainer.state.log_history if "loss" in row]
    assert wrong_start(row, recipe) is None, "the first step is logged as it starts"
    assert row["grad_norm"] > 0


def test_a_training_with_every_knob_resumes_to_the_weights_of_one_that_nobody_stopped(build):
    knobs = {"label_smoothing": 0.1, "rpo_alpha": 1.0, "ld_alpha": 0.5, "precompute_ref_log_probs": True}
    fields = knobs | {"warmup_steps": 0, "learning_rate": 1e-2, "epochs": 2, "eval_every": 0.25}
    adapters = []
    for checkpoint in (None, "output/checkpoint-3"):
        trainer, *_ = build(**fields)
        trainer.train(resume_from_checkpoint=checkpoint and str(Path(trainer.args.output_dir).parent / checkpoint))
        assert trainer.state.global_step == 4
        adapters.append({name: weights.clone() for name, weights in trainer.model.named_parameters() if "lora" in name})
    whole, resumed = adapters
    assert any(weights.abs().max() > 0 for name, weights in whole.items() if "lora_B" in name)
    assert all(torch.equal(weights, resumed[name]) for name, weights in whole.items())


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


@pytest.mark.parametrize("loss_type", ["hinge", "ipo"])
@pytest.mark.parametrize("rpo_alpha", [0, 2])
def test_the_first_loss_of_every_kind_is_known(build, loss_type, rpo_alpha):
    trainer, rows, recipe = build(loss_type=loss_type, rpo_alpha=rpo_alpha)
    try_longest_batch(trainer, rows.tokens, recipe)


@pytest.mark.parametrize("knobs", [{"rpo_alpha": 1.0}, {"precompute_ref_log_probs": True}, {"label_smoothing": 0.1}])
def test_a_model_that_does_not_equal_its_reference_is_refused_with_every_knob(build, knobs):
    trainer, rows, recipe = build(**knobs)
    move_the_adapter(trainer.model)
    with pytest.raises(WrongStartError, match=r"must be 0\.6931"):
        try_longest_batch(trainer, rows.tokens, recipe)


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
