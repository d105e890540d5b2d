"""Two dialogues become one prompt and two answers: split at the last assistant turn of each. Pure.

The prompt is all turns before the last answers, and must be the same on both sides. Nothing is cut by characters: a
comparison by characters ends a prompt in mid-word where both answers begin alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ownvoice.chunks.punctuation import DOUBLE_QUOTES, SINGLE_QUOTES
from ownvoice.imports.drops import EMPTY, NO_DIALOGUE, NOT_TEXT, PROMPTS_DIFFER, SAME_ANSWER, Dropped
from ownvoice.storage.rows import Message

_QUOTES = str.maketrans(dict.fromkeys(SINGLE_QUOTES, "'") | dict.fromkeys(DOUBLE_QUOTES, '"'))
_MARK = re.compile(r"(?:\A|\n\n)(Human|Assistant):")
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_ROLES = {"Human": "user", "Assistant": "assistant"}


@dataclass(frozen=True, slots=True)
class Compared:
    """A row of a set as it is read: one prompt and two answers. `margin` is None where the set has no scores."""

    prompt: list[Message]
    chosen: str
    rejected: str
    margin: float | None = None


def user(text: str, system: str | None = "") -> list[Message]:
    """Return the turns of one question; an empty system prompt is no turn."""
    said = [Message(role="system", content=system)] if system and system.strip() else []
    return [*said, Message(role="user", content=text)]


def of_answers(
    prompt: Sequence[Message], chosen: str, rejected: str, margin: float | None = None
) -> Compared | Dropped:
    """Return the comparison of two answers to `prompt`, or why there is none."""
    if not prompt or prompt[-1]["role"] != "user":
        return Dropped(NO_DIALOGUE, "the turn before the answer is not the user's")
    if any(_HALF_CHARACTER.search(text) for text in (*(turn["content"] for turn in prompt), chosen, rejected)):
        return Dropped(NOT_TEXT, "half of a character, which no file can hold")
    for name, text in (("prompt", prompt[-1]["content"]), ("chosen", chosen), ("rejected", rejected)):
        if not text.strip():
            return Dropped(EMPTY, name)
    if comparable(chosen) == comparable(rejected):
        return Dropped(SAME_ANSWER)
    return Compared(list(prompt), chosen, rejected, margin)


def of_dialogues(
    chosen: Sequence[Message], rejected: Sequence[Message], margin: float | None = None
) -> Compared | Dropped:
    """Return the comparison of the last answers of two dialogues, or why there is none."""
    for name, turns in (("chosen", chosen), ("rejected", rejected)):
        if not turns or turns[-1]["role"] != "assistant":
            return Dropped(NO_DIALOGUE, f"{name} does not end with an answer")
    if list(chosen[:-1]) != list(rejected[:-1]):
        return Dropped(PROMPTS_DIFFER)
    return of_answers(chosen[:-1], chosen[-1]["content"], rejected[-1]["content"], margin)


def parse_dialogue(text: str) -> list[Message] | None:
    """Return the turns of a dialogue in one string, as hh-rlhf has them; None where it does not begin with a turn.

    A turn begins with "Human:" or "Assistant:" after an empty line, whether a space follows or not: otherwise a
    question would be read as part of the answer before it. The words elsewhere are text. Turns in a row of one speaker
    are one turn, so that no speaker takes the other's place.
    """
    marks = list(_MARK.finditer(text))
    if not marks or text[: marks[0].start()].strip():
        return None
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    turns: list[Message] = []
    for mark, end in zip(marks, ends, strict=True):
        role, content = _ROLES[mark[1]], text[mark.end() : end].strip()
        if turns and turns[-1]["role"] == role:
            turns[-1]["content"] = "\n\n".join(filter(None, (turns[-1]["content"], content)))
        else:
            turns.append(Message(role=role, content=content))
    return turns


def comparable(text: str) -> str:
    """Return a text with one Unicode form, straight quotes and single spaces: for comparisons, never for storing."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_QUOTES).split())


def messages(turns: Sequence[Mapping[str, str | None]]) -> list[Message]:
    """Return turns of a checked row; a turn without content is empty."""
    return [Message(role=str(one["role"]), content=one["content"] or "") for one in turns]
