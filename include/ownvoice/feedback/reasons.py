"""Why something that was said becomes no row, or waits for a person: every reason, once.

`docs/write_drop_reasons.py` writes them into docs/feedback.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class FeedbackReason:
    """A reason, and what command line, page and documentation say about it.

    `name` is stored and never changes. What is `held` is a row that a person may release; what is `dropped` is none,
    and its text is not kept. `detail` says what is noted with it; it is empty where nothing is.
    """

    name: str
    outcome: Literal["dropped", "held"]
    meaning: str
    what_to_do: str
    detail: str = ""


NO_CONSENT = FeedbackReason(
    "no_consent",
    "dropped",
    "Neither the record nor the settings say that the person agreed; or the record says no.",
    "Ask the people. Then name them in consented_people, or their file in consented_objects.",
)
WITHDRAWN = FeedbackReason("withdrawn", "dropped", "The person asked that nothing of theirs is used.", "Nothing.")
TAKEN_DOWN = FeedbackReason(
    "taken_down", "dropped", "It was taken down, or is of a text or an author that was.", "Nothing."
)
MODEL_RATING = FeedbackReason("model_rating", "dropped", "A program said it, not a person.", "Nothing.")
REGENERATION = FeedbackReason(
    "regeneration", "dropped", "Another answer was asked for; that says too little of this one.", "Nothing."
)
NO_MESSAGE = FeedbackReason(
    "no_message",
    "dropped",
    "No record holds the answer that it is about, or the prompt of that answer.",
    "Export the messages too: Langfuse's traces beside its scores, LibreChat's whole conversations.",
)
EDITED_ANSWER = FeedbackReason(
    "edited_answer",
    "dropped",
    "The answer was edited, so that nobody can say which of the two texts was rated; the edit itself counts.",
    "Nothing.",
)
SAME_ANSWER = FeedbackReason("same_answer", "dropped", "Both answers are the same.", "Nothing.")
SECRET = FeedbackReason(
    "secret",
    "dropped",
    "It holds a key, a token or a password.",
    "Tell whoever wrote it that the secret has been exported, and have it changed.",
    detail="what kind",
)
PERSONAL_DATA = FeedbackReason(
    "personal_data",
    "dropped",
    "It holds an e-mail address, a telephone number, a card or an account number.",
    "Take such data out of the export where the row matters.",
    detail="what kind",
)
IN_EVALUATION_SET = FeedbackReason(
    "in_evaluation_set",
    "dropped",
    "It holds a row of an evaluation set that you name.",
    "Nothing: a model must not be trained on what judges it.",
    detail="file and row",
)
SUPERSEDED = FeedbackReason(
    "superseded", "dropped", "The same person said something newer of the same answer.", "Nothing."
)
OVER_DAY_CAP = FeedbackReason(
    "over_day_cap", "dropped", "The person said more on that day than day_cap.", "Raise day_cap where that is right."
)
OVER_ANSWER_CAP = FeedbackReason(
    "over_answer_cap", "dropped", "The answer has answer_cap rows already.", "Raise answer_cap where that is right."
)
DUPLICATE = FeedbackReason("duplicate", "dropped", "Another person's word makes the same row already.", "Nothing.")
BURST = FeedbackReason(
    "burst",
    "held",
    "Far more was said in a short time than others say, by one person or by all.",
    "Look at the rows: where people were asked to rate at that time, release them.",
    detail="how many, by whom",
)
CONTRADICTION = FeedbackReason(
    "contradiction", "held", "Different people say the opposite of the same answer.", "Release the rows that are right."
)
NOT_AN_AUTHOR = FeedbackReason(
    "not_an_author",
    "held",
    "Somebody who is no author edited the answer.",
    "Name authors in `authors`; release the edits of others that are better than what the model wrote.",
)

REASONS: dict[str, FeedbackReason] = {
    value.name: value for value in tuple(vars().values()) if isinstance(value, FeedbackReason)
}
"""All of them, by name."""


@dataclass(frozen=True, slots=True)
class Fate:
    """Why an event makes no row, or one that is held, and what was found there."""

    reason: FeedbackReason
    detail: str = ""
