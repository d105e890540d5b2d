"""A model's answer in no provider's words, and what may be wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from ownvoice.llm.json_values import is_text


class Fault(StrEnum):
    """What is wrong with an answer that arrived. The names are stable: reports and tables carry them."""

    TRUNCATED = "truncated"
    ENDLESS = "endless"  # truncated in white space or a loop: a longer answer would be more of that
    REFUSED = "refused"
    EMPTY = "empty"
    BAD_JSON = "bad_json"
    WRONG_SHAPE = "wrong_shape"


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model answered.

    `ending` is `Fault.TRUNCATED`, `Fault.ENDLESS` or `Fault.REFUSED` where it did not end by itself, and
    `Fault.BAD_JSON` where the server itself refused to pass it on. `refusal` is what it said in refusing, and
    `reasoning` what it thought, where the provider keeps these apart from `text`. Tokens are 0 where the endpoint did
    not count them.
    """

    text: str = ""
    ending: Fault | None = None
    refusal: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    reasoning: str = ""


class ReadAnswer(Protocol):
    """What a reader makes of a completion; triples and plain text are read differently, and both say this much."""

    @property
    def fault(self) -> Fault | None:
        """What is wrong with the answer, if anything."""

    @property
    def usable(self) -> bool:
        """Whether it need not be asked for again."""


@dataclass(frozen=True, slots=True)
class TextAnswer:
    """An answer in plain text, and what is wrong with it, if anything; one that is cut off cannot be used.

    `is_cut`: its reader left out what came after the text.
    """

    text: str
    fault: Fault | None
    is_cut: bool = False

    @property
    def usable(self) -> bool:
        """Whether nothing is wrong with it."""
        return self.fault is None


def parse_text(completion: Completion) -> TextAnswer:
    """Read a completion as plain text."""
    text = completion.text.strip() if is_text(completion.text) else ""
    return TextAnswer(text, completion.ending or (None if text else Fault.EMPTY))
