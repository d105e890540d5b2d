"""A gate that nothing could pass is refused before a training is planned."""

from __future__ import annotations

import pytest

from ownvoice.errors import SettingsError
from ownvoice.publishing.gate import refuse_gate_that_nothing_passes
from ownvoice.training.planning.request import TrainingRequest
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.settings import TrainingSettings
from stand_ins.pair_lake import commit_pairs, small_dataset

GATED = TrainingRecipe(hub_repository="ann/voice", promote="style_score")


def check(lake, recipe=GATED, version=None, **settings):
    request = TrainingRequest(recipe=recipe, dataset_version=version)
    refuse_gate_that_nothing_passes(lake, request, TrainingSettings(**settings))


def test_a_split_that_is_too_small_to_judge_a_voice_by_refuses_the_gate_alone(lake):
    with pytest.raises(SettingsError, match=r"promote is style_score.*version 1 holds 8 prompts from .* articles"):
        check(lake)
    check(lake, TrainingRecipe(hub_repository="ann/voice"))


def test_the_version_that_is_named_is_looked_at(lake):
    rows = [row | {"article_id": f"article-{number % 12}"} for number, row in enumerate(small_dataset(60, 60))]
    assert commit_pairs(lake, rows) == 2
    check(lake)
    with pytest.raises(SettingsError, match="version 1"):
        check(lake, version=1)


def test_no_style_report_at_all_refuses_the_gate(lake):
    with pytest.raises(SettingsError, match="OWNVOICE_TRAINER_STYLE_PROMPTS=0 .* Set it to 50 or more"):
        check(lake, style_prompts=0)
