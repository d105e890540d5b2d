"""The registry of judge prompts. Their text is part of every request key: a new wording is a new version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ownvoice.config.judges import PROMPT_VERSIONS, Judge, PromptName
from ownvoice.evaluation.judges.item import Item
from ownvoice.evaluation.judges.prompts import words
from ownvoice.evaluation.judges.prompts.few_shot import EXAMPLES, Example

Question = Literal["quality", "voice"]
"""What a judge is asked about. The two are never one number."""


@dataclass(frozen=True, slots=True)
class JudgePrompt:
    """A prompt of the registry.

    An `absolute` one rates the left side of an item alone. `shows_truth`: the ground truth is shown, where an item has
    one. `needs_notes`: grading notes are made first, by the judge's own model.
    """

    name: PromptName
    system: str
    question: Question = "quality"
    form: Literal["pairwise", "absolute"] = "pairwise"
    shows_truth: bool = False
    needs_notes: bool = False
    examples: tuple[Example, ...] = ()

    @property
    def version(self) -> int:
        """Its version in this release."""
        return PROMPT_VERSIONS[self.name]

    def why_not(self, item: Item) -> str:
        """Return why an item cannot be judged with this prompt, as a clause; empty where it can."""
        if self.question == "voice" and not item.passages:
            return "it has no passages of the author"
        if self.form == "pairwise" and item.right is None:
            return "it has one answer, and the prompt compares two"
        return ""


PROMPTS: dict[PromptName, JudgePrompt] = {
    prompt.name: prompt
    for prompt in (
        JudgePrompt("pairwise", words.PAIRWISE),
        JudgePrompt("pairwise_truth", words.PAIRWISE_TRUTH, shows_truth=True),
        JudgePrompt("pairwise_notes", words.PAIRWISE_NOTES, needs_notes=True),
        JudgePrompt("pairwise_few_shot", words.PAIRWISE, examples=EXAMPLES),
        JudgePrompt("absolute", words.ABSOLUTE, form="absolute"),
        JudgePrompt("voice", words.VOICE, question="voice"),
    )
}


def prompt_of(judge: Judge) -> JudgePrompt:
    """Return the prompt that a judge is asked with."""
    return PROMPTS[judge.prompt]
