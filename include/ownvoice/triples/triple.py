"""A triple: what the model answers about a chunk, before anything is proved or filtered."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Triple:
    """Instruction, the model's own answer, and what it says is a verbatim quote (chapter 6).

    `kind` is that of the instruction, where the prompt asks for kinds (`prompts.INSTRUCTION_KINDS`).
    """

    instruction: str
    generated_answer: str
    extracted_answer: str
    kind: str | None = None
