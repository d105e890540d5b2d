"""Why a row that a mixture drew is not trained on, and what that means."""

from __future__ import annotations

from enum import StrEnum


class MixtureDrop(StrEnum):
    """A reason. That of an import is asked again, since an article or an evaluation set may be younger than it."""

    LONE_THUMB = "lone_thumb"
    TURNS_NOT_IN_THE_TEMPLATE = "turns_not_in_the_template"
    DUPLICATE = "duplicate"
    NEAR_OWN_TEST = "near_own_test"
    IN_EVALUATION_SET = "in_evaluation_set"


ADVICE = {
    MixtureDrop.LONE_THUMB: "a wanted or unwanted answer alone is no pair: loss_type kto learns from it",
    MixtureDrop.TURNS_NOT_IN_THE_TEMPLATE: "the Alpaca form holds one question and no turn before it: set "
    "prompt_template to chat",
    MixtureDrop.DUPLICATE: "another set of the mixture has the same row, which counts once",
    MixtureDrop.NEAR_OWN_TEST: "it holds a passage of an own article that the model is tested with",
    MixtureDrop.IN_EVALUATION_SET: "it holds a row of OWNVOICE_EVALUATION_SETS",
}
