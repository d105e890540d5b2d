"""A triple, before it is proved and filtered."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Triple:
    """An instruction, the model's own answer, and the part of the chunk that it gives as a verbatim answer.

    `kind` is that of the instruction, one of `prompts.INSTRUCTION_KINDS`, or None where the prompt names no kinds.
    Source: LLM Engineer's Handbook, chapter 6.
    """

    instruction: str
    generated_answer: str
    extracted_answer: str
    kind: str | None = None
