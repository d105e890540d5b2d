"""Instructions that carry the content of the quote: whether a brief or a paraphrase says what the quote says. Pure.

Where it does, chosen and rejected answer state the same facts, and what differs is the voice. Meaning cannot be
compared without a model; what can is what most often goes wrong: words of the quote that are copied into the
instruction, so that it gives the voice away, and names and numbers that are missing from it.
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

from ownvoice.articles.near_duplicates.shingles import words
from ownvoice.pairs.content.names import lacking, names
from ownvoice.pairs.content.number_words import MONTHS
from ownvoice.pairs.content.numbers import numbers, values
from ownvoice.pairs.reasons import (
    PROMPT_CARRIES_TOO_LITTLE,
    PROMPT_CARRIES_TOO_MUCH,
    PROMPT_COPIES_QUOTE,
    PROMPT_LACKS_NAME,
    PROMPT_LACKS_NUMBER,
    Drop,
)

LEAST_SHARE, MOST_SHARE = 0.4, 3.0
"""The words that an instruction carries, as a share of those of the quote. Key points leave out the small words, which
are half of a text; what is three times as long says more than the quote."""

RUN_WORDS, RUN_LETTERS, RUN_FACTS = 8, 16, 6
"""So many words in a row are a copy; in scripts without spaces so many letters, of which a word has one or two. A
run of which six are names and numbers is a list, which cannot be said otherwise."""

_BEHIND_THE_ASK = regex.compile(r"[:：\n]|[.!?]\s|[。！？]")
_JOINERS = regex.compile(r"(?<=[\p{L}\p{N}])['’ʼ‐‑.,-](?=[\p{L}\p{N}])")
_INVISIBLE = regex.compile(r"\p{Cf}+")


def carried(instruction: str) -> str:
    """Return what an instruction carries: the text behind its first colon, line break or sentence."""
    found = _BEHIND_THE_ASK.search(instruction)
    return instruction[found.end() :].strip() if found else ""


def content_drop(instruction: str, quote: str, chunk_text: str, language: str | None) -> Drop | None:
    """Return why an instruction that is to carry the content of `quote` does not, and what shows it; else None."""
    text = carried(instruction)
    said, given = _words(text), _words(quote)
    share = f"{len(said):,} words for {len(given):,} of the quote"
    if len(said) < LEAST_SHARE * len(given):
        return Drop(PROMPT_CARRIES_TOO_LITTLE, share)
    wanted = names(quote, chunk_text, language)
    if run := copied(instruction, quote, wanted):
        return Drop(PROMPT_COPIES_QUOTE, run)
    there = values(text, language)
    if missing := [one.written for one in numbers(quote, language) if not any(way <= there for way in one.ways)]:
        return Drop(PROMPT_LACKS_NUMBER, ", ".join(dict.fromkeys(missing)))
    if missing := [one for one in lacking(wanted, text, language) if MONTHS.get(one.casefold()) not in there]:
        return Drop(PROMPT_LACKS_NAME, ", ".join(missing))
    return Drop(PROMPT_CARRIES_TOO_MUCH, share) if len(said) > MOST_SHARE * len(given) else None


def _words(text: str) -> list[str]:
    """Return the words of a text; "don't", "GPT-4o" and "3.5" are one each."""
    return words(_JOINERS.sub("", _INVISIBLE.sub("", text)))


def copied(instruction: str, quote: str, quote_names: list[str]) -> str:
    """Return the first run of words of the quote that the instruction holds too; nothing where there is none."""
    given = _words(quote)
    letters = sum(len(word) == 1 and not word.isascii() for word in given)
    length = min(len(given), RUN_LETTERS if 2 * letters > len(given) else RUN_WORDS)
    facts = {word for name in quote_names for word in _words(name)} | {word for word in given if word.isdecimal()}
    theirs = set(_runs(_words(instruction), length))
    for run in _runs(given, length):
        if run in theirs and sum(word in facts for word in run) < RUN_FACTS:
            return " ".join(run)
    return ""


def _runs(found: list[str], length: int) -> Iterator[tuple[str, ...]]:
    return zip(*(found[first:] for first in range(length)), strict=False)
