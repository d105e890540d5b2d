"""Why a triple becomes no pair: the reasons that belong to no filter. `filters.drop_reasons` lists them all."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DropReason:
    """A reason to drop a triple, and what report, pages and command line say about it.

    `name` is stored in `tables/chunks` and in reports and never changes. `detail` says what a drop's column `detail`
    holds for this reason; it is empty where there is none.
    """

    name: str
    meaning: str
    what_to_do: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Drop:
    """Why one triple is dropped: the reason, and what it found there, where `reason.detail` names something."""

    reason: DropReason
    detail: str = ""


MAX_PARTS = 64
"""The runs of sentences that one quote may be joined from: the work of finding them grows with their number."""

NOT_VERBATIM = DropReason(
    "not_verbatim",
    f"The quote is nowhere in the article: the model changed it, reordered it or joined more than {MAX_PARTS} parts.",
    "A few are normal. Where it grows, compare models or prompt versions with `ownvoice try-prompt`.",
)
AMBIGUOUS = DropReason(
    "ambiguous", "The quote is in more than one place.", "Nothing: which of them was meant cannot be known."
)
BOILERPLATE = DropReason(
    "boilerplate",
    "The quote is a passage that is in many articles, such as a footer.",
    "Nothing; where it is no boilerplate, look at how often the passage is in your articles.",
    detail="the passage",
)
PROMPT_CARRIES_TOO_LITTLE = DropReason(
    "prompt_carries_too_little",
    "The instruction of a brief or a rewriting holds no points or no paraphrase, or far fewer words than the quote.",
    "A few are normal. Where it grows, the model does not follow prompt version 3: try another, or version 2.",
    detail="words that it carries, and words of the quote",
)
PROMPT_CARRIES_TOO_MUCH = DropReason(
    "prompt_carries_too_much",
    "The instruction of a brief or a rewriting has more than three times as many words as the quote.",
    "A few are normal: it tells of more than the quote does. Where it grows, try another model.",
    detail="words that it carries, and words of the quote",
)
PROMPT_COPIES_QUOTE = DropReason(
    "prompt_copies_quote",
    "A brief, a rewriting or a further prompt holds eight words in a row of the quote and gives the voice away.",
    "A few are normal. Where it grows, try another model with `ownvoice try-prompt`.",
    detail="the words",
)
PROMPT_LACKS_NUMBER = DropReason(
    "prompt_lacks_number",
    "A number of the quote is not among the points or in the paraphrase: the content is not the same.",
    "A few are normal. Where it grows, try another model with `ownvoice try-prompt`.",
    detail="the numbers",
)
PROMPT_LACKS_NAME = DropReason(
    "prompt_lacks_name",
    "A name of the quote is not among the points or in the paraphrase: the content is not the same.",
    "A few are normal. Where it grows, try another model with `ownvoice try-prompt`.",
    detail="the names",
)
BACK_REFERENCE = DropReason(
    "back_reference",
    "The quote begins with a word that points back, such as But, It or This, and the recipe drops such quotes.",
    "A matter of the prompt: ask for quotes that can be understood alone. Empty back_references to keep them.",
    detail="its first words",
)
IN_EVALUATION_SET = DropReason(
    "in_evaluation_set",
    "The pair holds a row of an evaluation set that you name.",
    "Nothing: a model must not be trained on what judges it.",
    detail="prompt, chosen or rejected; file and row",
)
NOT_ANSWERED_BY_QUOTE = DropReason(
    "not_answered_by_quote",
    "A further prompt asks for something that the quote, by the model's own check, does not answer.",
    "Some are normal. Where nearly all are dropped for one kind, leave it out of `augment`, or try another model.",
    detail="the kind of further prompt",
)
NO_REJECTED_ANSWER = DropReason(
    "no_rejected_answer",
    "The second model gave no usable answer to the instruction.",
    "A few are normal. Where it grows, look at the endpoint and the model that rejected_by names. Where most answers "
    "are truncated, set `rejected_cut` to `sentence`, or allow more max_output_tokens.",
    detail="what was wrong with its answers",
)
BELOW_QUALITY = DropReason(
    "below_quality",
    "The jury rates the chosen answer, as an answer to its instruction, lower than quality_at_least.",
    "Read a few and what the judges say of them (`ownvoice show`). Where they are good, lower quality_at_least.",
    detail="the mean rating, and who rated how",
)
REPEATED_PROMPT = DropReason("repeated_prompt", "The article has this instruction already.", "Nothing.")
REPEATED_CHOSEN = DropReason("repeated_chosen", "The article has this quote already.", "Nothing.")
IN_OTHER_SPLIT = DropReason(
    "in_other_split",
    "The pair holds 13 words in a row, or a whole shorter sentence, that articles on both sides of the split have.",
    "Nothing: what a model was trained on must not judge it. Where many are dropped, see which paragraphs are reused.",
)
REPEATED_ELSEWHERE = DropReason(
    "repeated_elsewhere", "Another article has this quote already.", "Nothing: the pair made first is kept."
)
OVERTURNED_BY_REVIEWERS = DropReason(
    "overturned_by_reviewers",
    "People who reviewed the pair prefer its rejected answer.",
    "Nothing: it stays out, and is never turned around. Where there are many, look at them: `ownvoice review show`.",
)
BOTH_BAD = DropReason(
    "both_bad", "People who reviewed the pair find both of its answers bad.", "Nothing: it stays out of later versions."
)
