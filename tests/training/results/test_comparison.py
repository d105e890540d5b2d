"""The variants of a run side by side, and which of them is chosen."""

from __future__ import annotations

import pytest

from ownvoice.errors import HealthError
from ownvoice.training.planning.plan import plan_training
from ownvoice.training.planning.request import TrainingRequest
from ownvoice.training.planning.variants import read_variants
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.results.comparison import Answered, Compared, choose, comparison_lines, write_comparison
from ownvoice.training.run import read_training_run
from ownvoice.training.settings import TrainingSettings
from stand_ins.pair_lake import commit_pairs, small_dataset
from stand_ins.trained import leave_trained_run

RECIPE = TrainingRecipe(backend="trl", accumulation_steps=1, warmup_steps=1)
SWEEP = {"chapter": {}, "soft": {"beta": 0.1}, "wide": {"lora_rank": 64, "lora_alpha": 64}}


@pytest.fixture
def planned(lake):
    commit_pairs(lake, small_dataset())
    settings = TrainingSettings(gpu_usd_per_hour=10)
    return plan_training(
        lake, "a-run", TrainingRequest(recipe=RECIPE, variants=SWEEP, publish_variant="soft"), settings
    )


def test_the_comparison_has_the_held_out_numbers_and_the_answers_side_by_side(lake, planned):
    for one in planned[:2]:
        leave_trained_run(lake, read_training_run(one.recipe_uri))
    comparison = write_comparison(lake, "a-run", read_variants(lake, "a-run"))
    assert [(one.variant, one.verdict) for one in comparison.trainings] == [
        ("chapter", "pass"),
        ("soft", "pass"),
        ("wide", "not ended"),
    ]
    assert comparison.trainings[1].on_test == {"loss": 0.52, "margin": 0.5, "accuracy": 0.8}
    assert set(comparison.trainings[2].on_test.values()) == {None}
    assert (comparison.chosen, comparison.rule) == ("soft", "soft was named")
    assert comparison.samples == [Answered("Why?", "Because.", {"chapter": "I wonder.", "soft": "I wonder."})]
    shown = "\n".join(comparison_lines(comparison))
    assert "chosen     soft (soft was named)" in shown
    assert "0.5200" in shown


def test_a_comparison_is_stored_under_the_names_that_it_always_had(lake, planned):
    leave_trained_run(lake, read_training_run(planned[0].recipe_uri))
    write_comparison(lake, "a-run", read_variants(lake, "a-run"))
    stored = lake.read_json("runs/a-run/comparison.json")
    assert stored.keys() == {"run_id", "trainings", "chosen", "rule", "samples"}
    chapter = stored["trainings"][0]
    assert (chapter["test_loss"], chapter["test_accuracy"], chapter["test_margin"]) == (0.52, 0.8, 0.5)
    assert chapter["recipe"]["beta"] == 0.5
    assert stored["samples"] == [{"question": "Why?", "base": "Because.", "trained": {"chapter": "I wonder."}}]


def training(variant, verdict="pass", *, loss=0.5, accuracy=0.8, beta=0.5, is_trained=True):
    on_test = {"loss": loss, "accuracy": accuracy}
    return Compared(
        variant,
        f"a-run.{variant}",
        {"beta": beta},
        is_trained,
        verdict,
        [f"why {variant}"],
        20,
        0.4,
        on_test,
        1.0,
        None,
    )


def test_of_losses_with_other_terms_the_highest_accuracy_on_the_test_split_is_chosen():
    a, b = training("a", loss=0.6, accuracy=0.9), training("b", loss=0.5)
    for one, alpha in ((a, 1.0), (b, 0.0)):
        one.recipe["rpo_alpha"] = alpha
    assert choose([a, b]).variant == "a"


def test_of_one_beta_the_lowest_loss_on_the_test_split_is_chosen():
    assert choose([training("a", loss=0.6, accuracy=0.9), training("b", loss=0.5)]).variant == "b"


def test_where_beta_differs_the_highest_accuracy_is_chosen():
    """A loss scales with beta: the one of a small beta stays near ln 2 however well its model ranks."""
    trainings = [training("a", loss=0.1, beta=0.5), training("b", loss=0.6, accuracy=0.9, beta=0.1)]
    assert choose(trainings).variant == "b"


def test_pass_comes_before_warn_and_the_first_named_before_its_equal():
    assert choose([training("a", "warn", loss=0.1), training("b"), training("c")]).variant == "b"


def test_what_is_blocked_or_was_not_trained_is_never_chosen():
    lost = [training("a", "block", loss=0.1), training("b", "out_of_memory", loss=None, is_trained=False)]
    assert choose([*lost, training("c", "warn")]).variant == "c"
    with pytest.raises(HealthError, match=r"a \(block\): why a; b \(out_of_memory\): why b"):
        choose(lost)


def test_the_one_that_was_named_is_chosen_or_none():
    trainings = [training("a", loss=0.1), training("b"), training("c", "block")]
    assert choose(trainings, "b").variant == "b"
    with pytest.raises(HealthError, match=r"published: c \(block\): why c"):
        choose(trainings, "c")
