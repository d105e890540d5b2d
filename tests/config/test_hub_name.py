"""Names on the Hub, held against the Hub's own client; ours are narrower where its are lake keys or not the Hub's."""

from __future__ import annotations

import pytest
from huggingface_hub.errors import HFValidationError
from huggingface_hub.utils import validate_repo_id

from ownvoice.config.hub_name import hub_name_fault
from ownvoice.config.settings import load_settings
from ownvoice.errors import SettingsError
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.recipe_checks import problems_of

GOOD = ["ann/voice", "Ann-B/voice_2.1", "a/b", f"{'a' * 96}/{'b' * 96}", "_ann/_voice"]
REFUSED_BY_THE_HUB = [
    *("ann/voice/2", "ann/", "/voice", "ann//voice", "ann/voice.", "-ann/voice", "ann/vo--ice", "ann/..", "../voice"),
    *("ann/voice.git", "ann/my voice", "ann/voice\n", f"ann/{'b' * 97}", "https://huggingface.co/ann/voice", ""),
]
REFUSED_HERE_TOO = ["voice", "änn/voice", "ann/声"]


@pytest.mark.parametrize("name", GOOD)
def test_a_name_that_the_hub_takes_is_taken(name):
    validate_repo_id(name)
    assert hub_name_fault(name) is None


@pytest.mark.parametrize("name", REFUSED_BY_THE_HUB)
def test_a_name_that_the_hub_refuses_is_refused(name):
    with pytest.raises(HFValidationError):
        validate_repo_id(name)
    assert hub_name_fault(name)


@pytest.mark.parametrize("name", REFUSED_HERE_TOO)
def test_a_name_without_an_owner_or_in_other_letters_is_refused(name):
    assert hub_name_fault(name).endswith("the first and the last neither `-` nor `.`")


def test_a_recipe_with_such_a_name_is_refused_before_a_machine_is_paid_for():
    (problem,) = problems_of(TrainingRecipe(hub_repository="ann/my voice"), 10_000)
    assert problem.startswith("hub_repository 'ann/my voice' is no repository of the Hub: write owner/name")


def test_a_dataset_repository_with_such_a_name_is_refused_by_its_setting():
    with pytest.raises(SettingsError, match="'ann/x--y' is no name on the Hub"):
        load_settings(hub_dataset_repo="ann/x--y")
