import pytest

from ownvoice.answering.model_name import ModelName
from ownvoice.errors import SettingsError


@pytest.mark.parametrize("text", ["lake:models/toy", "hub:owner/na.me@v1", "hub:owner/name@" + "a" * 40])
def test_a_name_is_read_and_written_alike(text):
    assert str(ModelName.parse(text)) == text


def test_a_hub_model_without_a_revision_is_that_of_the_main_branch():
    assert str(ModelName.parse("hub:owner/name")) == "hub:owner/name@main"


def test_a_training_run_stands_for_its_merged_model_in_the_lake():
    assert ModelName.parse("run:manual.2026") == ModelName.parse("lake:runs/manual.2026/merged/")


def test_a_base_is_named_as_a_training_recipe_names_it():
    assert ModelName.of_base("lake:models/toy") == ModelName("lake", "models/toy")
    assert str(ModelName.of_base("owner/name", "abc")) == "hub:owner/name@abc"
    assert ModelName.of_base("gpt2").base_model == "gpt2"
    assert ModelName.of_base("lake:models/toy").base_model == "lake:models/toy"


@pytest.mark.parametrize(
    "text", ["", "gpt-5", "owner/name", "lake:", "run:", "lake:/", "hub:", "hub:@main", "s3:a/b", "hub:a/b/c"]
)
def test_what_names_no_model_is_refused_with_the_three_forms(text):
    with pytest.raises(SettingsError, match=r"names no model.*lake:KEY.*hub:.*run:"):
        ModelName.parse(text)
