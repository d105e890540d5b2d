"""Why a triple becomes no pair: reasons with stable names, which reports and tables carry."""

from __future__ import annotations

from enum import StrEnum


class DropReason(StrEnum):
    """The first reason found, in the order in which they are looked for."""

    NOT_VERBATIM = "not_verbatim"
    AMBIGUOUS = "ambiguous"
    CHOSEN_TOO_SHORT = "chosen_too_short"
    CHOSEN_NOT_CAPITALISED = "chosen_not_capitalised"
    CHOSEN_NOT_ENDED = "chosen_not_ended"
    CHOSEN_EQUALS_REJECTED = "chosen_equals_rejected"
    PROMPT_SPEAKS_OF_SOURCE = "prompt_speaks_of_source"
    BOILERPLATE = "boilerplate"
    IN_EVALUATION_SET = "in_evaluation_set"
    NO_REJECTED_ANSWER = "no_rejected_answer"  # the second model has none to give, after every try
    REPEATED_PROMPT = "repeated_prompt"
    REPEATED_CHOSEN = "repeated_chosen"
