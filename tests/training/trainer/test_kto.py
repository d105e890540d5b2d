"""KTO as the trainer sets it up, held against formula (7) of the paper written out by hand."""

import math

import pytest

torch = pytest.importorskip("torch")

from ownvoice.errors import BadDataError  # noqa: E402
from ownvoice.training.mixture.rows import ImportedExample  # noqa: E402
from ownvoice.training.recipe import TrainingRecipe  # noqa: E402
from ownvoice.training.trainer.backends import trl as trl_backend  # noqa: E402
from ownvoice.training.trainer.dpo import make_trainer, try_longest_batch  # noqa: E402
from ownvoice.training.trainer.formatted import format_pairs  # noqa: E402
from ownvoice.training.trainer.kto import weights_of  # noqa: E402
from ownvoice.training.version_pairs import Pair  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")  # those of torch and transformers are not ours

RECIPE = TrainingRecipe(
    backend="trl",
    base_model="lake:toy",
    loss_type="kto",
    max_length=256,
    lora_rank=4,
    batch_pairs=4,
    accumulation_steps=1,
    learning_rate=1e-2,
    warmup_steps=0,
)
PAIRS = [Pair(str(i), f"Ask {i}?", f"I’d say {i}. " * (i + 1), f"It is worth noting {i}. " * 2) for i in range(4)]
THUMBS = [ImportedExample(f"t{i}", (("user", f"And {i}?"),), f"Indeed {i}.", None) for i in range(4)]


@pytest.fixture(scope="module")
def trained(toy, tmp_path_factory):
    """The trainer after three steps over eight answers of pairs and four thumbs up, its rows, and what it logged."""
    folder = tmp_path_factory.mktemp("kto")
    trl_backend.prepare(RECIPE, folder)
    loaded = trl_backend.load(toy, RECIPE)
    train = format_pairs([*PAIRS, *THUMBS], loaded.tokenizer, RECIPE)
    test = format_pairs(PAIRS, loaded.tokenizer, RECIPE)
    trainer = make_trainer(loaded, train, test, RECIPE, folder / "output", [])
    longest = try_longest_batch(trainer, train.tokens, RECIPE)
    trainer.train()
    return trainer, train, longest


def logged(trainer, name):
    return [row for row in trainer.state.log_history if name in row]


def test_both_kinds_count_the_same_and_the_first_loss_is_a_half_a_mean_answer(trained):
    trainer, train, longest = trained
    wanted, unwanted = weights_of(train)
    assert (wanted, unwanted) == (12 / 16, 12 / 8)
    assert longest == max(train.tokens)
    first = logged(trainer, "loss")[0]
    assert RECIPE.preference_loss(first) == pytest.approx(0.5, abs=1e-4)
    assert len(logged(trainer, "loss")) == 3
    assert sum(row["answer_weight"] for row in logged(trainer, "loss")) / 3 == pytest.approx(1)


def test_what_is_logged_has_honest_names_and_no_margin_of_answers_that_are_no_pairs(trained):
    trainer, _, _ = trained
    names = {name for row in trainer.state.log_history for name in row}
    assert not {"rewards/margins", "eval_rewards/margins", "rewards/accuracies"} & names
    last = logged(trainer, "eval_loss")[-1]
    assert last["eval_rewards/gap"] == pytest.approx(last["eval_rewards/chosen"] - last["eval_rewards/rejected"])
    assert last["eval_answer_weight"] == 1


def test_the_loss_of_a_batch_is_formula_7_of_the_paper(trained):
    trainer, train, _ = trained
    trainer.model.train()
    batch = trainer._prepare_inputs(trainer.data_collator([trainer.train_dataset[place] for place in range(4)]))
    with torch.no_grad():
        loss = float(trainer.compute_loss(trainer.model, batch))
        reward, kl = rewards(trainer, batch, ""), rewards(trainer, batch, "KL_")
    point = max(0.0, float(kl.mean()))
    wanted, unwanted = weights_of(train)
    by_hand = [
        wanted * (1 - sigmoid(RECIPE.beta * (float(ratio) - point)))
        if label
        else unwanted * (1 - sigmoid(RECIPE.beta * (point - float(ratio))))
        for ratio, label in zip(reward, batch["label"], strict=True)
    ]
    assert loss == pytest.approx(sum(by_hand) / 4, abs=1e-5)
    trainer.forget()


def rewards(trainer, batch, prefix):
    """Return by how many nats the model finds each answer likelier than its base does."""

    def log_probs():
        logits = trainer.model(
            input_ids=batch[f"{prefix}input_ids"], attention_mask=batch[f"{prefix}attention_mask"]
        ).logits[:, :-1]
        ids, mask = batch[f"{prefix}input_ids"][:, 1:], batch[f"{prefix}completion_mask"][:, 1:]
        return (logits.log_softmax(-1).gather(-1, ids[..., None])[..., 0] * mask).sum(1)

    policy = log_probs()
    with trainer.model.disable_adapter():
        return policy - log_probs()


def sigmoid(value):
    return 1 / (1 + math.exp(-value))


def test_answers_of_one_kind_alone_are_refused(trained):
    trainer, _, _ = trained
    rows = format_pairs(THUMBS, trainer.processing_class, RECIPE)
    with pytest.raises(BadDataError, match="all 4 train answers are wanted.*Give own pairs a share"):
        weights_of(rows)


def test_the_order_of_the_answers_is_drawn_by_the_seed_and_none_is_alone_in_the_last_pass(trained):
    tokenizer = trained[0].processing_class

    def order(seed, rows):
        return [
            row["completion"] for row in format_pairs(rows, tokenizer, RECIPE.model_copy(update={"seed": seed})).rows
        ]

    assert order(0, PAIRS) == order(0, PAIRS)
    assert order(0, PAIRS) != order(1, PAIRS)
    assert sorted(order(0, PAIRS)) == sorted(order(1, PAIRS))
    assert len(order(0, [*PAIRS, THUMBS[0]])) == 8
