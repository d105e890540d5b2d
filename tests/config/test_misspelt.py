"""A variable that is nearly a setting is refused with the name that was meant."""

from __future__ import annotations

import pytest

from ownvoice.config.settings import load_settings
from ownvoice.errors import SettingsError
from ownvoice.training.settings import load_training_settings

SPELT = [
    ("OWNVOICE_MAX_TOKNS", "OWNVOICE_MAX_TOKENS"),
    ("OWNVOICE_MAX_COST_US", "OWNVOICE_MAX_COST_USD"),
    ("OWNVOICE_ARTICLE", "OWNVOICE_ARTICLES"),
    ("OWNVOICE_RECIPES__MODEL", "OWNVOICE_RECIPE"),
    ("OWNVOICE_TRAINER_GPU_USD_PER_HOURS", "OWNVOICE_TRAINER_GPU_USD_PER_HOUR"),
]


@pytest.mark.parametrize(("written", "meant"), SPELT)
def test_the_name_that_was_meant_is_said(monkeypatch, written, meant):
    monkeypatch.setenv(written, "5")
    load = load_training_settings if "_TRAINER_" in written else load_settings
    with pytest.raises(SettingsError, match=f"{written} is no setting; did you mean {meant}"):
        load()


@pytest.mark.parametrize(
    "other", ["OWNVOICE_TEAM", "OWNVOICE_TRAINER_STAND_IN_EXIT", "MAX_TOKNS", "OWNVOICE_LLM_API_KEY"]
)
def test_a_variable_that_is_like_no_setting_is_left_alone(monkeypatch, other):
    monkeypatch.setenv(other, "5")
    load_settings()
    load_training_settings()
