"""A gate of publication that nothing could pass, found before a machine is paid for."""

from __future__ import annotations

from ownvoice.errors import SettingsError
from ownvoice.evaluation.held_out import MIN_PROMPTS, held_out_pairs
from ownvoice.storage.lake import Lake
from ownvoice.training.planning.request import TrainingRequest
from ownvoice.training.settings import TrainingSettings


def refuse_gate_that_nothing_passes(lake: Lake, request: TrainingRequest, settings: TrainingSettings) -> None:
    """Raise `SettingsError` where the recipe publishes by a number (`promote`) that nobody could measure.

    That is so where no style report is made, or where the version's test split is too small to judge a voice by.
    """
    measure = request.recipe.promote
    if measure is None:
        return
    refused = f"promote is {measure}, and no model could be promoted by it:"
    if not settings.style_prompts:
        raise SettingsError(
            f"{refused} with OWNVOICE_TRAINER_STYLE_PROMPTS=0 no style report is made. Set it to {MIN_PROMPTS} or "
            "more, or leave promote empty."
        )
    if why_not := held_out_pairs(lake, request.dataset_version, limit=settings.style_prompts).why_not:
        raise SettingsError(f"{refused} {why_not} Or leave promote empty.")
