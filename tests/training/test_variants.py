"""Several recipes in one run: what is refused before anything is trained, and which of them is chosen."""

import pytest

from ownvoice.errors import HealthError, SettingsError
from ownvoice.training.planning.plan import plan_training
from ownvoice.training.planning.request import TrainingRequest, parse_variants, recipes_of
from ownvoice.training.planning.variants import read_variants
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.results.comparison import Answered, Compared, choose, comparison_lines, write_comparison
from ownvoice.training.run import read_training_run
from ownvoice.training.settings import TrainingSettings
from stand_ins.pair_lake import commit_pairs, small_dataset
from stand_ins.trained import leave_trained_run

RECIPE = TrainingRecipe(backend="trl", accumulation_steps=1, warmup_steps=1)
SWEEP = {"chapter": {}, "soft": {"beta": 0.1}, "wide": {"lora_rank": 64, "lora_alpha": 64}}


def asked(**fields):
    return TrainingRequest(**{"recipe": RECIPE, "variants": SWEEP} | fields)


def test_each_variant_is_the_recipe_with_its_own_changes():
    recipes = recipes_of(asked(), 40)
    assert list(recipes) == ["chapter", "soft", "wide"]
    assert recipes["chapter"] == RECIPE
    assert (recipes["soft"].beta, recipes["soft"].lora_rank) == (0.1, 32)
    assert (recipes["wide"].beta, recipes["wide"].lora_rank) == (0.5, 64)


def test_without_variants_the_recipe_is_trained_alone():
    assert recipes_of(TrainingRequest(recipe=RECIPE), 40) == {"": RECIPE}
    assert TrainingRequest(recipe=RECIPE, variants=None) == TrainingRequest(recipe=RECIPE), "a form that was emptied"


def test_all_problems_of_all_variants_stand_in_one_message():
    variants = {
        "Über": {},
        "hot": {"learning_rate": 2, "epochs": 0},
        "other": {"seed": 1},
        "twin": {"beta": 0.5},
        "same": {"beta": 0.5},
        "long": {"beta": 0.2, "epochs": 1},
    }
    recipe = RECIPE.model_copy(update={"warmup_steps": 500})
    with pytest.raises(SettingsError) as caught:
        recipes_of(TrainingRequest(recipe=recipe, variants=variants, publish_variant="none"), 40)
    for problem in (
        "variant Über: name it with up to 32 of a-z",
        "variant hot: learning_rate is 2",
        "variant hot: epochs is 0",
        "variant other: seed is not what variants may differ in",
        "variant same: it is the same recipe as ",
        "variant long: warmup_steps is 500 and the whole run has 20",
        "publish_variant is 'none'",
    ):
        assert problem in str(caught.value)


def test_variants_are_written_on_a_command_line_as_name_and_changes():
    assert parse_variants(["soft:beta=0.1,epochs=2", "chapter:"]) == {
        "soft": {"beta": "0.1", "epochs": "2"},
        "chapter": {},
    }
    assert recipes_of(asked(variants=parse_variants(["soft:beta=0.1,epochs=2"])), 40)["soft"].beta == 0.1
    with pytest.raises(SettingsError, match="'soft', 'wide:rank', 'a:': write each variant once"):
        parse_variants(["soft", "wide:rank", "a:", "a:"])


@pytest.fixture
def planned(lake):
    commit_pairs(lake, small_dataset())
    settings = TrainingSettings(gpu_usd_per_hour=10)
    return plan_training(lake, "a-run", asked(publish_variant="soft"), settings)


def test_every_variant_is_planned_as_a_training_of_its_own(lake, planned):
    assert [one.variant for one in planned] == ["chapter", "soft", "wide"]
    runs = [read_training_run(one.recipe_uri) for one in planned]
    assert [run.keys.folder for run in runs] == ["runs/a-run.chapter", "runs/a-run.soft", "runs/a-run.wide"]
    assert runs[1].recipe.beta == 0.1
    variants = read_variants(lake, "a-run")
    assert variants.run_ids == {run.run_id.removeprefix("a-run."): run.run_id for run in runs}
    assert variants.publish == "soft"
    assert (planned[0].train_pairs, planned[0].test_pairs, planned[0].usd) == (40, 8, 3.0)


def test_nothing_is_written_where_one_variant_cannot_work(lake):
    commit_pairs(lake, small_dataset())
    with pytest.raises(SettingsError):
        plan_training(lake, "a-run", asked(variants=SWEEP | {"bad": {"epochs": 0}}), TrainingSettings())
    assert list(lake.store.objects("runs")) == []


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
