"""The prompt of an imported row: turns of several roles, put into the template of the base.

TRL is handed text, as for own pairs, and never lists of messages: of lists it takes for the prompt what two answers
have in common, and may train a question as part of the answer without a word.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ownvoice.errors import BadDataError
from ownvoice.training.mixture.rows import Message
from ownvoice.training.trainer.prompts import ALPACA, Template, by_chat_template

_SAID, _ASKED = "Be brief.", "Why?"


def conversation_text(messages: Sequence[Message], tokenizer: Any, template: Template, model: str) -> str | None:
    """Put all turns before an answer into a template; None where it cannot hold them.

    The Alpaca form holds one question and no more turns. A system turn goes before the first question wherever a
    template has no place for it: the Alpaca form, and chat templates that refuse it, leave it out, or write it as if
    it were a turn of another role. Raises `BadDataError` where the base has no chat template.
    """
    if template == "alpaca":
        folded = _folded(messages)
        return ALPACA.format(folded[0][1]) if [role for role, _ in folded] == ["user"] else None
    if not tokenizer.chat_template:
        raise BadDataError(f"{model} has no chat template. Set prompt_template to alpaca.")
    turns = messages if _has_system_role(tokenizer) else _folded(messages)
    text = _rendered(turns, tokenizer)
    return text if text is not None and _holds(text, turns) else None


def _has_system_role(tokenizer: Any) -> bool:
    """Whether the template writes a system turn, and otherwise than a turn of any other role."""
    as_system, *as_others = (
        _rendered([(role, _SAID), ("user", _ASKED)], tokenizer) for role in ("system", "user", "assistant")
    )
    return as_system is not None and _SAID in as_system and as_system not in as_others


def _rendered(turns: Sequence[Message], tokenizer: Any) -> str | None:
    try:
        return by_chat_template(turns, tokenizer)
    except ValueError:
        return None


def _holds(text: str, turns: Sequence[Message]) -> bool:
    """Whether a text holds all turns in their order: some templates cut what an assistant said before."""
    place = 0
    for _, said in turns:
        found = text.find(said.strip(), place)
        if found < 0:
            return False
        place = found + len(said.strip())
    return True


def _folded(turns: Sequence[Message]) -> Sequence[Message]:
    """Return the turns with those of the system put before the first question."""
    system = [text for role, text in turns if role == "system"]
    others = [(role, text) for role, text in turns if role != "system"]
    if not system or not others or others[0][0] != "user":
        return turns
    return [("user", "\n\n".join([*system, others[0][1]])), *others[1:]]
