"""Filters: checks on a proved candidate, each with the reason for which it drops one.

Length and form of the chosen answer are chapter 6's; the others close what its shipped pairs let through (chosen
equal to rejected in 56 of 402, prompts that speak of "the extract" in 143).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from ownvoice.chunks.punctuation import begins_sentence, ends_sentence
from ownvoice.config.recipe import GenerationRecipe
from ownvoice.pairs.content import carried
from ownvoice.pairs.fold import fold
from ownvoice.pairs.reasons import (
    AMBIGUOUS,
    BACK_REFERENCE,
    BELOW_QUALITY,
    BOILERPLATE,
    BOTH_BAD,
    IN_EVALUATION_SET,
    IN_OTHER_SPLIT,
    NO_REJECTED_ANSWER,
    NOT_ANSWERED_BY_QUOTE,
    NOT_VERBATIM,
    OVERTURNED_BY_REVIEWERS,
    PROMPT_CARRIES_TOO_LITTLE,
    PROMPT_CARRIES_TOO_MUCH,
    PROMPT_COPIES_QUOTE,
    PROMPT_LACKS_NAME,
    PROMPT_LACKS_NUMBER,
    REPEATED_CHOSEN,
    REPEATED_ELSEWHERE,
    REPEATED_PROMPT,
    DropReason,
)
from ownvoice.storage.rows import PairRow
from ownvoice.triples.prompts import CONTENT_KINDS

_SPEAKS_OF_SOURCE = re.compile(
    r"\b(?:the|this|that|these|given|provided|above)\s+"
    r"(?:extracts?|excerpts?|passages?|authors?|writer|article|context(?!\s+(?:of|window|length|size)\b))\b",
    re.IGNORECASE,
)

_SPEAKS_OF_ITS_OWN = re.compile(r"(?<!according to )\w+\s+(?:extract|excerpt|passage)s?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A triple whose chosen answer is proved: text rendered from the original.

    `rejected` is None where a second model writes it, once the candidate has passed; `kind` is that of the instruction,
    if its prompt asked for one.
    """

    prompt: str
    chosen: str
    rejected: str | None
    kind: str | None = None


P = TypeVar("P", bound=PairRow)

Check = Callable[[Candidate, GenerationRecipe], bool]


@dataclass(frozen=True, slots=True)
class Filter:
    """One check on a candidate: `drops` is true where the candidate must become no pair, for `reason`."""

    reason: DropReason
    drops: Check


def _too_short(candidate: Candidate, recipe: GenerationRecipe) -> bool:
    """Whether the chosen answer has fewer than `min_chosen_chars` characters (chapter 6: 100)."""
    return len(candidate.chosen) < recipe.min_chosen_chars


def _not_capitalised(candidate: Candidate, _recipe: GenerationRecipe) -> bool:
    """Whether its first letter is lower-case, or it begins with no letter; scripts without case pass."""
    return not begins_sentence(candidate.chosen)


def _not_ended(candidate: Candidate, _recipe: GenerationRecipe) -> bool:
    """Whether it does not end a sentence; a closing quote or bracket may follow the mark."""
    return not ends_sentence(candidate.chosen)


def _equal_answers(candidate: Candidate, _recipe: GenerationRecipe) -> bool:
    """Whether both answers are the same but for case, style of quotes and white space."""
    rejected = candidate.rejected
    return rejected is not None and _comparable(candidate.chosen) == _comparable(rejected)


def _speaks_of_source(candidate: Candidate, _recipe: GenerationRecipe) -> bool:
    """Whether nobody could follow the instruction without the article; "rewrite this passage:" speaks of its own."""
    found = _SPEAKS_OF_SOURCE.finditer(candidate.prompt)
    if candidate.kind not in CONTENT_KINDS:
        return any(found)
    ask_chars = len(candidate.prompt) - len(carried(candidate.prompt))
    return any(one.end() > ask_chars or not _SPEAKS_OF_ITS_OWN.match(candidate.prompt, one.start()) for one in found)


FILTERS: tuple[Filter, ...] = (
    Filter(
        DropReason(
            "chosen_too_short",
            "The author's words are shorter than the recipe asks for.",
            "Lower min_chosen_chars only if you want short answers.",
        ),
        _too_short,
    ),
    Filter(
        DropReason(
            "chosen_not_capitalised",
            "The quote does not begin as a sentence does.",
            "A matter of the prompt: ask for whole sentences.",
        ),
        _not_capitalised,
    ),
    Filter(
        DropReason(
            "chosen_not_ended",
            "The quote does not end as a sentence does.",
            "A matter of the prompt: ask for whole sentences.",
        ),
        _not_ended,
    ),
    Filter(
        DropReason(
            "chosen_equals_rejected",
            "The model gave the author's own words as its answer.",
            "A few are normal; there is nothing to prefer in them.",
        ),
        _equal_answers,
    ),
    Filter(
        DropReason(
            "prompt_speaks_of_source",
            "The instruction speaks of an extract, or of the author.",
            "A matter of the prompt: forbid it there.",
        ),
        _speaks_of_source,
    ),
)
"""Every filter, in the order in which they are asked. To add one, add an entry (docs/extend.md)."""


def drop_reasons() -> tuple[DropReason, ...]:
    """Return every reason to drop a triple, in the order in which they are looked for."""
    of_filters = (one.reason for one in FILTERS)
    return (
        *(NOT_VERBATIM, AMBIGUOUS),
        *of_filters,
        *(PROMPT_CARRIES_TOO_LITTLE, PROMPT_COPIES_QUOTE, PROMPT_LACKS_NUMBER, PROMPT_LACKS_NAME),
        *(PROMPT_CARRIES_TOO_MUCH, BACK_REFERENCE),
        *(
            BOILERPLATE,
            IN_EVALUATION_SET,
            NOT_ANSWERED_BY_QUOTE,
            NO_REJECTED_ANSWER,
            BELOW_QUALITY,
            REPEATED_PROMPT,
            REPEATED_CHOSEN,
        ),
        *(OVERTURNED_BY_REVIEWERS, BOTH_BAD, IN_OTHER_SPLIT, REPEATED_ELSEWHERE),
    )


def first_reason(candidate: Candidate, recipe: GenerationRecipe) -> DropReason | None:
    """Return the reason of the first filter that drops the candidate, or None where all keep it."""
    return next((one.reason for one in FILTERS if one.drops(candidate, recipe)), None)


def without_repeats(rows: Iterable[P]) -> tuple[list[P], list[tuple[P, DropReason]]]:
    """Keep the first of the rows of one article that share a prompt or a chosen answer; return kept and dropped.

    A further prompt for the quote of a pair that is kept shares its chosen answer and is kept too.

    The scope is the article: its pairs are made and retired together, so what one article keeps must not depend on
    what another holds in the same run.
    """
    kept: list[P] = []
    dropped: list[tuple[P, DropReason]] = []
    prompts: set[str] = set()
    chosen: set[str] = set()
    ids: set[str] = set()
    for row in rows:
        prompt, answer = _comparable(row["prompt"]), _comparable(row["chosen"])
        if prompt in prompts:
            dropped.append((row, REPEATED_PROMPT))
        elif answer in chosen and row["augmented_from"] not in ids:
            dropped.append((row, REPEATED_CHOSEN))
        else:
            kept.append(row)
            prompts.add(prompt)
            chosen.add(answer)
            ids.add(row["pair_id"])
    return kept, dropped


def _comparable(text: str) -> str:
    return fold(text.strip()).text.casefold()
