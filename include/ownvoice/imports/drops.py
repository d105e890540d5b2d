"""Why a row of a known set is not imported: each reason with its meaning and what to do. Names never change."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ImportDrop:
    """A reason, and what the report says about it."""

    name: str
    meaning: str
    what_to_do: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """One row that is not imported; `detail` names what was found there, or is empty."""

    reason: ImportDrop
    detail: str = ""


LEFT_OUT = ImportDrop(
    "left_out",
    "The declaration of the set leaves it out: a part of a mix, a low score, or rows of another set's training side.",
    "Nothing. The table in docs/imports.md says what is left out of each set.",
)
NO_DIALOGUE = ImportDrop(
    "no_dialogue",
    "One of the two dialogues does not begin as one, does not end with an answer, or answers no user turn.",
    "Nothing: there is no answer to a question in it.",
)
NOT_TEXT = ImportDrop(
    "not_text", "A turn holds an image, another part that is no text, or half of a character.", "Nothing."
)
PROMPTS_DIFFER = ImportDrop(
    "prompts_differ",
    "The turns before the two last answers differ, so that the answers are to different questions.",
    "Nothing: DPO compares two answers to one prompt.",
)
EMPTY = ImportDrop("empty", "The last user turn or one of the answers is empty.", "Nothing.")
TIE = ImportDrop("tie", "The answers were judged equal, or both bad: neither is preferred.", "Nothing.")
SAME_ANSWER = ImportDrop(
    "same_answer", "Both answers are the same but for Unicode form, quote style and white space.", "Nothing."
)
SCORE_DISAGREES = ImportDrop(
    "score_disagrees", "The set's own score of the rejected answer is higher than that of the chosen one.", "Nothing."
)
VOTE_COUNTED = ImportDrop(
    "vote_counted",
    "It is one of several votes about the same two answers, which become one row, with the answer that most prefer.",
    "Nothing.",
)
VOTE_SPLIT = ImportDrop(
    "vote_split", "As many votes prefer one answer as the other.", "Nothing: neither answer is preferred."
)
DUPLICATE = ImportDrop(
    "duplicate", "The same prompt and answers stand in an earlier row, of this or another set.", "Nothing."
)
CONTRADICTION = ImportDrop(
    "contradiction",
    "Another row, of this or another set, prefers the other one of the same two answers; neither is kept.",
    "Nothing: what says both teaches nothing.",
)
IN_EVALUATION_SET = ImportDrop(
    "in_evaluation_set",
    "It holds a row of an evaluation set that OWNVOICE_EVALUATION_SETS names.",
    "Nothing: a model must not be trained on what judges it.",
)
NEAR_OWN_TEST = ImportDrop(
    "near_own_test",
    "It holds 13 words in a row of an article on the test side of this lake.",
    "Nothing: a model must not be trained on what judges it.",
)
TAKEN_DOWN = ImportDrop(
    "taken_down",
    "It holds a text that a takedown of this lake refuses, or is a row that one took.",
    "Nothing: the takedown says why.",
)

IMPORT_DROPS = tuple(one for one in tuple(vars().values()) if isinstance(one, ImportDrop))
"""All reasons, in the order in which a row is asked for them."""
