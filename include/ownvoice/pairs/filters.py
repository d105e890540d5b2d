"""Filters: plain functions from a proved candidate to a reason to drop it, or None.

Length and form of the chosen answer are chapter 6's; the others close what its shipped pairs let through (chosen
equal to rejected in 56 of 402, prompts that speak of "the extract" in 143).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ownvoice.config.recipe import GenerationRecipe
from ownvoice.pairs.fold import fold
from ownvoice.pairs.reasons import DropReason

_OPENERS = "\"'“‘„‚«‹(["
_CLOSERS = "\"'”’“‘»›)]"
_SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？", "؟", "۔", "।")
_SPEAKS_OF_SOURCE = re.compile(
    r"\b(?:the|this|that|these|given|provided|above)\s+"
    r"(?:extracts?|excerpts?|passages?|authors?|writer|article|context(?!\s+(?:of|window|length|size)\b))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A triple whose chosen answer is proved: text rendered from the original.

    `rejected` is None where a second model writes it, once the candidate has passed.
    """

    prompt: str
    chosen: str
    rejected: str | None


def chosen_too_short(candidate: Candidate, recipe: GenerationRecipe) -> DropReason | None:
    """Drop a chosen answer under `min_chosen_chars` characters (chapter 6: 100)."""
    return DropReason.CHOSEN_TOO_SHORT if len(candidate.chosen) < recipe.min_chosen_chars else None


def chosen_not_capitalised(candidate: Candidate, _recipe: GenerationRecipe) -> DropReason | None:
    """Drop one whose first letter is lower-case or that begins with no letter; scripts without case pass."""
    first = candidate.chosen.lstrip(_OPENERS + "¿¡")[:1]
    return None if first.isalpha() and not first.islower() else DropReason.CHOSEN_NOT_CAPITALISED


def chosen_not_ended(candidate: Candidate, _recipe: GenerationRecipe) -> DropReason | None:
    """Drop one that does not end a sentence; a closing quote or bracket may follow the mark."""
    ended = candidate.chosen.rstrip(_CLOSERS).endswith(_SENTENCE_ENDS)
    return None if ended else DropReason.CHOSEN_NOT_ENDED


def chosen_equals_rejected(candidate: Candidate, _recipe: GenerationRecipe) -> DropReason | None:
    """Drop a pair that prefers nothing: both answers are the same but for spelling of quotes and white space."""
    rejected = candidate.rejected
    same = rejected is not None and _comparable(candidate.chosen) == _comparable(rejected)
    return DropReason.CHOSEN_EQUALS_REJECTED if same else None


def prompt_speaks_of_source(candidate: Candidate, _recipe: GenerationRecipe) -> DropReason | None:
    """Drop an instruction that nobody could answer without the article before them."""
    return DropReason.PROMPT_SPEAKS_OF_SOURCE if _SPEAKS_OF_SOURCE.search(candidate.prompt) else None


Filter = Callable[[Candidate, GenerationRecipe], DropReason | None]

FILTERS: tuple[Filter, ...] = (
    chosen_too_short,
    chosen_not_capitalised,
    chosen_not_ended,
    chosen_equals_rejected,
    prompt_speaks_of_source,
)


def first_reason(candidate: Candidate, recipe: GenerationRecipe) -> DropReason | None:
    """Return the first filter's reason to drop the candidate, or None to keep it."""
    return next((reason for check in FILTERS if (reason := check(candidate, recipe))), None)


def without_repeats(
    rows: Iterable[dict[str, Any]],
) -> tuple[list[dict[str, Any]], list[tuple[dict[str, Any], DropReason]]]:
    """Keep the first of the rows of one article that share a prompt or a chosen answer; return kept and dropped.

    The scope is the article: its pairs are made and retired together, so what one article keeps must not hang on
    what another holds tonight.
    """
    kept: list[dict[str, Any]] = []
    dropped: list[tuple[dict[str, Any], DropReason]] = []
    prompts: set[str] = set()
    chosen: set[str] = set()
    for row in rows:
        prompt, answer = _comparable(row["prompt"]), _comparable(row["chosen"])
        if prompt in prompts:
            dropped.append((row, DropReason.REPEATED_PROMPT))
        elif answer in chosen:
            dropped.append((row, DropReason.REPEATED_CHOSEN))
        else:
            kept.append(row)
            prompts.add(prompt)
            chosen.add(answer)
    return kept, dropped


def _comparable(text: str) -> str:
    return fold(text.strip()).text.casefold()
