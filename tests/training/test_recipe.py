import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.errors import SettingsError
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.recipe_checks import cautions_about, problems_of, refuse_what_cannot_work
from ownvoice.training.run import TrainingRun, read_training_run, write_training_run


def run_with(lake, **recipe):
    return TrainingRun(run_id="a run", lake=lake.uri, dataset_version=1, recipe=TrainingRecipe(**recipe))


def test_the_defaults_are_the_chapters():
    recipe = TrainingRecipe()
    assert (recipe.lora_rank, recipe.beta, recipe.learning_rate, recipe.warmup_steps) == (32, 0.5, 2e-6, 10)
    assert (recipe.batch_pairs * recipe.accumulation_steps, recipe.max_length) == (16, 1024)
    assert len(recipe.target_modules) == 7


def test_every_field_says_what_it_means():
    assert [name for name, field in TrainingRecipe.model_fields.items() if not field.description] == []


def test_recipes_that_train_alike_have_the_same_id_and_others_do_not():
    recipe = TrainingRecipe()
    assert recipe.recipe_id == TrainingRecipe(tracker="tensorboard", merge_dtype="float16").recipe_id
    assert recipe.recipe_id != TrainingRecipe(beta=0.1).recipe_id


def test_a_knob_that_is_off_leaves_the_id_of_a_recipe_as_it_was_and_one_that_is_on_does_not():
    assert TrainingRecipe().recipe_id == "cc699a427322", "that of the release before them"
    assert TrainingRecipe(beta=0.1, backend="trl").recipe_id == "34957ef88673"
    assert TrainingRecipe(label_smoothing=0, rpo_alpha=0, ld_alpha=1).recipe_id == TrainingRecipe().recipe_id
    assert TrainingRecipe(precompute_ref_log_probs=True).recipe_id == TrainingRecipe().recipe_id
    on = [{"label_smoothing": 0.1}, {"rpo_alpha": 0.1}, {"ld_alpha": 0.1}, {"ld_alpha": 0}]
    assert len({TrainingRecipe(**one).recipe_id for one in [{}, *on]}) == 5


@pytest.mark.parametrize(
    ("knobs", "reason"),
    [
        ({"label_smoothing": 0.1, "loss_type": "hinge"}, "set loss_type to sigmoid, or label_smoothing to 0"),
        ({"label_smoothing": 0.1, "loss_type": "ipo"}, "set loss_type to sigmoid, or label_smoothing to 0"),
        ({"ld_alpha": 0.5, "loss_type": "ipo"}, "divides by the length of each answer already"),
        ({"padding_free": True}, "TRL 1.15 would warn and pad all the same"),
    ],
)
def test_what_a_knob_breaks_is_refused_with_a_sentence(knobs, reason):
    [problem] = problems_of(TrainingRecipe(**knobs), train_pairs=1300)
    assert reason in problem


@pytest.mark.parametrize("knob", [{"label_smoothing": 0.5}, {"rpo_alpha": -1}, {"ld_alpha": 1.1}, {"ld_alpha": -0.1}])
def test_a_knob_out_of_range_is_refused(knob):
    with pytest.raises(ValueError, match=next(iter(knob))):
        TrainingRecipe(**knob)


def test_the_loss_of_a_row_without_its_supervised_term_is_that_of_the_preference():
    row = {"loss": 3.5, "supervised_loss": 1.5, "eval_loss": 4.0, "eval_supervised_loss": 1.0}
    recipe = TrainingRecipe(rpo_alpha=2)
    assert (recipe.preference_loss(row), recipe.preference_loss(row, "eval_")) == (0.5, 2.0)
    assert TrainingRecipe().preference_loss({"loss": 0.7}) == 0.7


@given(st.integers(1, 10_000), st.integers(1, 16), st.integers(1, 16), st.integers(1, 3))
def test_the_steps_of_a_run_cover_every_pair_and_no_step_is_empty(pairs, batch, accumulation, epochs):
    recipe = TrainingRecipe(batch_pairs=batch, accumulation_steps=accumulation, epochs=epochs)
    a_step = batch * accumulation
    assert math.ceil(pairs / a_step) == recipe.steps(pairs) // epochs
    assert 1 <= recipe.steps_between_evaluations(pairs) <= recipe.steps(pairs)


def test_what_cannot_work_is_refused_with_all_problems_in_one_message():
    with pytest.raises(SettingsError) as caught:
        refuse_what_cannot_work(TrainingRecipe(), train_pairs=40, longest_prompt_tokens=1024)
    message = str(caught.value)
    assert "40 train pairs make 3 optimizer steps" in message
    assert "warmup_steps is 10 and the whole run has 3: make it at most 2" in message
    assert "max_length is 1024 tokens and the longest prompt alone has 1024" in message


def test_the_chapters_recipe_is_accepted_for_the_chapters_data():
    refuse_what_cannot_work(TrainingRecipe(), train_pairs=1300, longest_prompt_tokens=90)


def test_a_run_written_to_the_lake_is_read_back_whole(lake):
    run = run_with(lake, backend="trl", learning_rate=1e-4)
    uri = write_training_run(lake, run)
    assert uri == f"{lake.uri}/runs/a-run/recipe.json"
    assert read_training_run(uri) == run


def test_a_run_of_a_lake_that_was_copied_is_trained_in_the_copy(lake, tmp_path):
    write_training_run(lake, run_with(lake))
    (tmp_path / "lake").rename(tmp_path / "copy")
    copy = (tmp_path / "copy").as_uri()
    assert read_training_run(f"{copy}/runs/a-run/recipe.json").lake == copy


def test_a_recipe_that_lies_outside_its_lake_names_it(lake, tmp_path):
    run = run_with(lake)
    (tmp_path / "recipe.json").write_text(run.model_dump_json())
    assert read_training_run((tmp_path / "recipe.json").as_uri()) == run


def test_an_unknown_key_and_a_value_out_of_range_are_named_together(lake):
    fields = run_with(lake).model_dump(mode="json")
    fields["recipe"] |= {"learning_rte": 1, "beta": -1}
    lake.write_json("runs/bad/recipe.json", fields)
    with pytest.raises(SettingsError) as caught:
        read_training_run(f"{lake.uri}/runs/bad/recipe.json")
    assert "recipe__learning_rte" in str(caught.value)
    assert "recipe__beta is -1" in str(caught.value)


def test_a_recipe_that_is_not_there_or_no_json_is_one_sentence(lake):
    with pytest.raises(SettingsError, match="does not exist"):
        read_training_run(f"{lake.uri}/none.json")
    lake.store.write("recipe.json", b"{")
    with pytest.raises(SettingsError, match="is not JSON"):
        read_training_run(f"{lake.uri}/recipe.json")


def test_max_length_beyond_the_context_is_refused():
    with pytest.raises(ValueError, match="longer than the context"):
        TrainingRecipe(max_length=4096)


def test_the_recipe_is_plain_json():
    assert TrainingRecipe.model_validate(json.loads(TrainingRecipe().model_dump_json())) == TrainingRecipe()


KTO = {"loss_type": "kto", "backend": "trl", "batch_pairs": 4, "accumulation_steps": 4}


@pytest.mark.parametrize(
    ("knobs", "gpu_count", "reason"),
    [
        ({"backend": "unsloth"}, 1, "set backend to trl"),
        ({"batch_pairs": 2}, 1, "make it at least 4"),
        ({"rpo_alpha": 1}, 1, "rpo_alpha is on and loss_type kto"),
        ({"label_smoothing": 0.1}, 1, "label_smoothing is on and loss_type kto"),
        ({"ld_alpha": 0.5}, 1, "ld_alpha is on and loss_type kto"),
        ({"precompute_ref_log_probs": True}, 1, "turn it off for loss_type kto"),
        ({}, 2, "gpu_count is 2 and loss_type kto"),
    ],
)
def test_what_kto_cannot_do_is_refused_with_a_sentence(knobs, gpu_count, reason):
    [problem] = problems_of(TrainingRecipe(**KTO | knobs), train_pairs=2600, gpu_count=gpu_count)
    assert reason in problem


def test_kto_within_its_usual_numbers_is_accepted_without_a_word_and_an_unusual_rate_is_told():
    assert list(problems_of(TrainingRecipe(**KTO), train_pairs=2600)) == []
    assert list(cautions_about(TrainingRecipe(**KTO))) == []
    [caution] = cautions_about(TrainingRecipe(**KTO, learning_rate=1e-4))
    assert "learning_rate is 0.0001, and kto is usually trained with 5e-07 to 5e-06" in caution
    assert list(cautions_about(TrainingRecipe(learning_rate=1e-4))) == []


def test_the_loss_of_kto_starts_at_a_half_whatever_the_weights_of_its_answers():
    recipe = TrainingRecipe(**KTO)
    assert recipe.first_loss == recipe.preference_loss({"loss": 0.8, "answer_weight": 1.6}) == 0.5
    assert recipe.preference_loss({"eval_loss": 0.5}, "eval_") == 0.5
