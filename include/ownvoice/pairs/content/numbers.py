"""The numbers of a text, whichever way they are written: 1,000 and 1000, 50% and fifty percent, 1.5 million, 3rd. Pure.

A number may be read in several ways ("1.500" is a decimal or, in German, a thousand), and each way says which values
must be found for the number to be there: `1 000` is there where 1000 is, or where both 1 and 0 are. What is ambiguous
thus never drops a pair. Signs, units and currencies are not compared. Digits of every script are read; numerals that
are letters (Roman, Chinese) are not.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

import regex

from ownvoice.pairs.content.number_words import MONTHS, NUMBER_WORDS, SAYS_SOMETHING_ELSE, SCALES

Values = frozenset[Decimal]

_DIGITS = r"\p{Nd}+(?:[.,'’٫٬]\p{Nd}+|[ \u00a0\u202f\u2009]\p{Nd}{3}(?!\p{Nd}))*"
_IN_DIGITS = regex.compile(rf"({_DIGITS})(?:(?=[ \u00a0\u202f-]?(\p{{L}}+)))?")
_GROUPS = regex.compile(r"[ \u00a0\u202f\u2009'’٬]")
_THOUSANDS = regex.compile(r"\d{1,3}(?:[.,]\d{3})+")
_REFERENCE = regex.compile(r"\[\d{1,3}(?:[,–-] ?\d{1,3})*\]")
_JOINED = regex.compile(r"[\s-]*")
_WORD = regex.compile(r"\p{L}+")
_NAME_WITH_DIGITS = regex.compile(
    r"(?<![\p{L}\p{N}])(?:\p{L}[\p{L}\p{M}_.]*\p{N}|[\p{L}.]*\p{Lu}[\p{L}.]*-\p{N})[\p{L}\p{N}_.-]*"
)


class Number(NamedTuple):
    """A number as it is written, and the ways to read it: it is there where all values of one way are."""

    written: str
    ways: tuple[Values, ...]


def numbers(text: str, language: str | None) -> list[Number]:
    """Return the numbers that a text is asked for, in order: none within names ("GPT-4o"), no "[3]", no "one"."""
    plain = _plain(text)
    not_asked = SAYS_SOMETHING_ELSE | SCALES.keys()
    in_words = (one for one in _in_words(plain, language) if one.written.casefold() not in not_asked)
    return [*_in_digits(_NAME_WITH_DIGITS.sub(" ", _REFERENCE.sub(" ", plain))), *in_words]


def values(text: str, language: str | None) -> Values:
    """Return every value that a number of `text` may have, in whatever way it is read."""
    plain = _plain(text)
    found = [*_in_digits(plain), *_in_words(plain, language)]
    months = {Decimal(MONTHS[word.casefold()]) for word in _WORD.findall(plain) if word.casefold() in MONTHS}
    return frozenset(months.union(value for number in found for way in number.ways for value in way))


def _plain(text: str) -> str:
    """Return `text` in NFKC, but for raised digits: 10² is not 102."""
    return unicodedata.normalize("NFKC", regex.sub(r"[²³¹⁰-⁹₀-₉]+", lambda found: f"^{found[0]}", text))


def _in_digits(text: str) -> Iterator[Number]:
    for match in _IN_DIGITS.finditer(text):
        yield Number(match[1], _scaled(_ways(match[1]), SCALES.get((match[2] or "").casefold())))


def _ways(written: str) -> tuple[Values, ...]:
    """Return the ways to read digits with their separators."""
    ascii_digits = "".join(str(unicodedata.digit(sign)) if sign.isdecimal() else sign for sign in written)
    digits = ascii_digits.replace("٫", ".")
    pieces = _GROUPS.split(digits)
    if len(pieces) > 1:
        return (*_ways("".join(pieces)), frozenset().union(*(_ways(piece)[0] for piece in pieces)))
    parts = frozenset(Decimal(part) for part in regex.findall(r"\d+", digits))
    if digits.count(".") + digits.count(",") > 1 and not _THOUSANDS.fullmatch(digits):
        last = max(digits.rfind("."), digits.rfind(","))
        both = {"." in digits, "," in digits} == {True}  # 1,234.56 and 1.234,56: the last one is the decimal mark
        whole = regex.sub(r"\D", "", digits[:last])
        return (frozenset({Decimal(f"{whole}.{digits[last + 1 :]}")}), parts) if both else (parts,)
    thousands = Decimal(regex.sub(r"\D", "", digits))
    if _THOUSANDS.fullmatch(digits) and (digits.count(",") or digits.count(".") > 1):
        return (frozenset({thousands}),)
    decimal = frozenset({Decimal(digits.replace(",", "."))})
    return (decimal, frozenset({thousands})) if _THOUSANDS.fullmatch(digits) else (decimal,)


def _scaled(ways: tuple[Values, ...], scale: int | None) -> tuple[Values, ...]:
    """Add the ways in which the numbers are multiplied: "1.5 million" is 1500000, or 1.5 of what is said elsewhere."""
    if scale is None:
        return ways
    return tuple(frozenset({next(iter(way)) * scale}) for way in ways if len(way) == 1) + ways


def _in_words(text: str, language: str | None) -> Iterator[Number]:
    """Yield runs of number words ("two hundred and fifty"); the parts are a way to read a run as well."""
    listed = NUMBER_WORDS.get(language or "", {})
    run: list[tuple[str, int]] = []
    end = 0
    for match in _WORD.finditer(text):
        word = match[0].casefold()
        if not _JOINED.fullmatch(text, end, match.start()):
            yield from _run(run)
            run = []
        end = match.end()
        if word in listed or (word in SCALES and len(word) > 2):
            run.append((match[0], listed.get(word) or SCALES.get(word, 0)))
        elif not (run and word in ("and", "und", "et", "y")):
            yield from _run(run)
            run = []
    yield from _run(run)


def _run(run: list[tuple[str, int]]) -> Iterator[Number]:
    if not run:
        return
    whole = part = 0
    for word, value in run:
        if word.casefold() in SCALES:
            part = max(part, 1) * value
            whole, part = (whole + part, 0) if value >= 10**3 else (whole, part)
        else:
            part += value
    parts = frozenset(Decimal(value) for _, value in run)
    yield Number(" ".join(word for word, _ in run), (frozenset({Decimal(whole + part)}), parts))
