import pytest

from ownvoice.errors import SettingsError
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.settings import TrainingSettings, load_training_settings


def test_without_a_word_it_trains_by_hand_as_a_process_from_the_chapters_recipe():
    settings = load_training_settings()
    assert settings.kubernetes_conn_id is None
    assert settings.after_new_pairs is None
    assert settings.recipe == TrainingRecipe()


@pytest.mark.parametrize("name", TrainingSettings.model_fields)
def test_an_empty_variable_counts_as_not_set(monkeypatch, name):
    unset = load_training_settings()
    monkeypatch.setenv(f"OWNVOICE_TRAINER_{name.upper()}", "")
    assert load_training_settings() == unset


def test_maps_lists_and_fields_of_the_recipe_are_read_from_the_environment(monkeypatch):
    monkeypatch.setenv("OWNVOICE_TRAINER_NODE_SELECTOR", '{"pool": "gpu"}')
    monkeypatch.setenv("OWNVOICE_TRAINER_TRAIN_SECRETS", '["lake-keys"]')
    monkeypatch.setenv("OWNVOICE_TRAINER_RECIPE__BETA", "0.1")
    settings = load_training_settings()
    assert (settings.node_selector, settings.train_secrets) == ({"pool": "gpu"}, ["lake-keys"])
    assert settings.recipe.beta == 0.1


def test_all_problems_are_named_in_one_message(monkeypatch):
    monkeypatch.setenv("OWNVOICE_TRAINER_GPU_COUNT", "0")
    monkeypatch.setenv("OWNVOICE_TRAINER_RECIPE__LORA_RANK", "many")
    with pytest.raises(SettingsError, match="GPU_COUNT is '0'") as caught:
        load_training_settings()
    assert "OWNVOICE_TRAINER_RECIPE__LORA_RANK is 'many'" in str(caught.value)


def test_a_map_that_is_no_json_is_named(monkeypatch):
    monkeypatch.setenv("OWNVOICE_TRAINER_NODE_SELECTOR", "pool=gpu")
    with pytest.raises(SettingsError, match="node_selector"):
        load_training_settings()


def test_a_cluster_without_an_image_is_refused(monkeypatch):
    monkeypatch.setenv("OWNVOICE_TRAINER_KUBERNETES_CONN_ID", "gpus")
    with pytest.raises(SettingsError, match="set OWNVOICE_TRAINER_IMAGE to the trainer image"):
        load_training_settings()
