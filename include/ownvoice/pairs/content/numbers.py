"""The numbers of a text, whichever way they are written: 1,000 and 1000, 50% and fifty percent, 1.5 million, 3rd. Pure.

A number may be read in several ways ("1.500" is a decimal or, in German, a thousand), and each way says which values
must be found for the number to be there: `2024 300` is there where 2024300 is, or where both 2024 and 300 are. What is
ambiguous thus never drops a pair. Signs, units and currencies are not compared. Digits of every script are read;
numerals that are letters (Roman, Chinese) are not.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

import regex

from ownvoice.pairs.content.number_words import MONTHS, NUMBER_WORDS, SAYS_SOMETHING_ELSE, scales

Values = frozenset[Decimal]

_DIGITS = r"\p{Nd}+(?:[.,'’٫٬]\p{Nd}+|[ \u00a0\u202f\u2009]\p{Nd}{3}(?!\p{Nd}))*"
_IN_DIGITS = regex.compile(rf"({_DIGITS})(?:(?=[ \u00a0\u202f-]?(\p{{L}}+)))?")
_GROUPS = regex.compile(r"[ \u00a0\u202f\u2009'’٬]")
_THOUSANDS = regex.compile(r"\d{1,3}(?:[.,]\d{3})+")
_REFERENCE = regex.compile(r"\[\d{1,3}(?:[,–-] ?\d{1,3})*\]")
_JOINED = regex.compile(r"[\s-]*")
_AND = frozenset({"and", "und", "et", "y"})
_WORD = regex.compile(r"\p{L}+")
_FRACTION = regex.compile(r"(\d*)\s?([¼½¾⅐-⅞])")
_QUOTIENT = regex.compile(r"([0-9]+)\s?/\s?([0-9]+)")
_PART = regex.compile(r"\p{L}+|\p{Nd}+")
_VERBS_LIKE_MONTHS = frozenset({"may", "march"})  # which have a capital as months
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
    in_words = (one for one in _in_words(plain, language) if one.written not in SAYS_SOMETHING_ELSE)
    return [*_in_digits(_NAME_WITH_DIGITS.sub(" ", _REFERENCE.sub(" ", plain)), language), *in_words]


def values(text: str, language: str | None) -> Values:
    """Return every value that a number of `text` may have, in whatever way it is read."""
    plain = _plain(text)
    ways = [way for number in (*_in_digits(plain, language), *_in_words(plain, language)) for way in number.ways]
    unscaled = [way for digits in regex.findall(_DIGITS, plain) for way in _ways(digits)]  # 2 to 3 million
    halves = {Decimal(top) / Decimal(bottom) for top, bottom in _QUOTIENT.findall(plain) if int(bottom)}
    return frozenset(halves.union(_alone(plain, language), *ways, *unscaled))


def _alone(text: str, language: str | None) -> Iterator[Decimal]:
    """Yield the values of months, and of scales that multiply nothing: "in May", "a hundred"."""
    listed, known = NUMBER_WORDS.get(language or "", {}), scales(language)
    last = ""
    for word in _PART.findall(text):
        name = word.casefold()
        if name in MONTHS and word not in _VERBS_LIKE_MONTHS:
            yield Decimal(MONTHS[name])
        if name in known and not (last.isdecimal() or last in listed or last in known):
            yield Decimal(known[name])
        last = name


def _plain(text: str) -> str:
    """Return `text` in NFKC, but for raised digits and fractions: 10² is not 102, and 2½ is 2.5."""
    without = _FRACTION.sub(lambda found: _decimal(found[1], found[2]), text)
    return unicodedata.normalize("NFKC", regex.sub(r"[²³¹⁰-⁹₀-₉]+", lambda found: f"^{found[0]}", without))


def _decimal(whole: str, fraction: str) -> str:
    """Return a whole number with a fraction as a decimal; the whole number alone where no decimal ends, as for 2⅓."""
    ten_thousandths = 10_000 * unicodedata.numeric(fraction)
    if ten_thousandths % 1:
        return whole or " "
    return f"{Decimal(whole or 0) + Decimal(int(ten_thousandths)) / 10_000}"


def _in_digits(text: str, language: str | None) -> Iterator[Number]:
    known = scales(language)
    for match in _IN_DIGITS.finditer(text):
        unit, ways = (match[2] or "").casefold(), _ways(match[1])
        scaled = tuple(frozenset({value * known[unit] for value in way}) for way in ways) if unit in known else ()
        is_letter = len(unit) <= 2  # "7 m" may be metres
        yield Number(match[1], scaled + ways if is_letter else scaled or ways)


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


def _in_words(text: str, language: str | None) -> Iterator[Number]:
    """Yield the numbers in words: "two hundred and fifty" is one, "two and three" are two."""
    listed, known = NUMBER_WORDS.get(language or "", {}), scales(language)
    run: list[str] = []
    end = 0
    for match in _WORD.finditer(text):
        word = match[0].casefold()
        follows = _JOINED.fullmatch(text, end, match.start()) is not None
        end = match.end()
        if follows and run and run[-1] in known and word in _AND:
            continue
        if run and not (follows and _goes_on(run[-1], word, listed, known)):
            yield _number(run, listed, known)
            run = []
        if word in listed or (run and word in known):
            run.append(word)
    if run:
        yield _number(run, listed, known)


def _goes_on(last: str, word: str, listed: Mapping[str, int], known: Mapping[str, int]) -> bool:
    """Whether `word` belongs to the number that ends in `last`: "two hundred", "hundred fifty", "twenty one"."""
    if word in known or last in known:
        return True
    return listed[last] in range(20, 100, 10) and listed.get(word, 10) < 10


def _number(run: list[str], listed: Mapping[str, int], known: Mapping[str, int]) -> Number:
    whole = part = 0
    for word in run:
        if word in listed:
            part += listed[word]
        else:
            part *= known[word]
            whole, part = (whole + part, 0) if known[word] > 100 else (whole, part)
    return Number(" ".join(run), (frozenset({Decimal(whole + part)}),))
