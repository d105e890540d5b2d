"""How answers about further prompts are read: an instruction in one paragraph, and a yes or a no. Pure."""

from __future__ import annotations

import re

from ownvoice.llm.completion import Completion, Fault, TextAnswer, parse_text
from ownvoice.triples.further import MAX_INSTRUCTION_CHARS

YES, NO = "yes", "no"

_FENCE = re.compile(r"^```\w*\n(?P<text>.*?)\n?```$", re.DOTALL)
_LABEL = re.compile(r"^[*_#\s]*(?:new |revised )?instruction[*_]*\s*[::]\s*[*_]*\s*", re.IGNORECASE)
_PARAGRAPHS = re.compile(r"\n\s*\n")
_AROUND = {'"': '"', "“": "”", "„": "“", "«": "»", "'": "'", "**": "**", "「": "」"}
_VERDICT = re.compile(rf"\b({YES}|{NO})\b", re.IGNORECASE)


def read_instruction(completion: Completion) -> TextAnswer:
    """Read a completion as one instruction: without a label, an introduction, or quotation marks around it.

    Several paragraphs, or more than `MAX_INSTRUCTION_CHARS`, are no instruction.
    """
    answer = parse_text(completion)
    if answer.fault:
        return answer
    text = fenced["text"].strip() if (fenced := _FENCE.match(answer.text)) else answer.text
    paragraphs = _PARAGRAPHS.split(text)
    if len(paragraphs) > 1 and paragraphs[0].rstrip("*_ ").endswith((":", ":")):
        del paragraphs[0]
    instruction = _bare(_LABEL.sub("", paragraphs[0].strip()))
    if len(paragraphs) > 1 or not instruction or len(instruction) > MAX_INSTRUCTION_CHARS:
        return TextAnswer(instruction, Fault.WRONG_SHAPE)
    return TextAnswer(instruction, None)


def read_verdict(completion: Completion) -> TextAnswer:
    """Read a completion as "yes" or "no": the last one that it says counts, since reasons may come before it."""
    answer = parse_text(completion)
    if answer.fault:
        return answer
    said = _VERDICT.findall(answer.text)
    return TextAnswer(said[-1].lower(), None) if said else TextAnswer(answer.text, Fault.WRONG_SHAPE)


def _bare(text: str) -> str:
    for opening, closing in _AROUND.items():
        inner = text[len(opening) : -len(closing)]
        if text.startswith(opening) and text.endswith(closing) and opening not in inner and closing not in inner:
            return inner.strip()
    return text
