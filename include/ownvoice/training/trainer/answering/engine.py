"""What answers: an engine with one model in it, and the tokens that go in and come out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Protocol

from ownvoice.answering.request import LocalBody


@dataclass(frozen=True, slots=True)
class Ask:
    """A request with the tokens of its prompt. `max_new_tokens` is what the context leaves of those that it allows."""

    key: str
    body: LocalBody
    prompt_ids: list[int]
    max_new_tokens: int


@dataclass(frozen=True, slots=True)
class Made:
    """The tokens of an answer, without the one that ends it; `is_cut_off` where none did."""

    ask: Ask
    ids: list[int]
    is_cut_off: bool


@dataclass(frozen=True, slots=True)
class TooLarge:
    """A request that alone does not fit into the memory of the device."""

    ask: Ask


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text to score: its tokens, with those before it that are not scored."""

    before: list[int]
    ids: list[int]

    @property
    def scored(self) -> int:
        """How many tokens are scored: each that has another before it."""
        return len(self.ids) if self.before else max(0, len(self.ids) - 1)


class Engine(Protocol):
    """A model that is loaded. `name` is that of the library, and its version."""

    name: str

    def answer(self, asks: Sequence[Ask]) -> Iterator[list[Made | TooLarge]]:
        """Yield the answers batch by batch, each as soon as it is made."""

    def score(self, texts: Sequence[Tokens]) -> Iterator[tuple[int, float | None]]:
        """Yield the index of each text and the mean nats of its tokens; None where it does not fit into memory."""

    def close(self) -> None:
        """Give back the memory of the device."""


def cut_at_end(ids: Sequence[int], ends: frozenset[int], most: int) -> tuple[list[int], bool]:
    """Return the tokens before the first that ends a text, and whether there is none among the first `most`."""
    kept = list(takewhile(lambda token: token not in ends, ids[:most]))
    return kept, len(kept) == len(ids[:most])
