"""Numbers in words, in the languages that are known."""

from __future__ import annotations


def _counted(words: str, first: int = 1) -> dict[str, int]:
    return {word: number for number, word in enumerate(words.split(), first)}


def _tens(words: str) -> dict[str, int]:
    return {word: 10 * tens for word, tens in _counted(words, 2).items()}


_EN_TENS = _counted("twenty thirty forty fifty sixty seventy eighty ninety", 2)
_EN = (
    _counted(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen"
    )
    | {word: 10 * tens for word, tens in _EN_TENS.items()}
    | {f"{word.removesuffix('y')}ies": 10 * tens for word, tens in _EN_TENS.items()}  # in the nineties
    | {"zero": 0}
)
_EN_ORDINALS = _counted(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
)

NUMBER_WORDS: dict[str, dict[str, int]] = {
    "en": _EN | _EN_ORDINALS,
    "de": _counted("eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf")
    | _tens("zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig"),
    "fr": _counted("un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize")
    | _tens("vingt trente quarante cinquante soixante"),
    "es": _counted("uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince")
    | _tens("veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa"),
}
"""What a word counts, by language: cardinals, and the ordinals of English."""

MONTHS: dict[str, int] = (
    _counted("january february march april may june july august september october november december")
    | _counted("januar februar märz april mai juni juli august september oktober november dezember")
    | _counted("janvier février mars avril mai juin juillet août septembre octobre novembre décembre")
    | _counted("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre")
)
"""The months, since a date may hold theirs in either form: 12 May, 2024-05-12."""

SAYS_SOMETHING_ELSE = frozenset(
    {"zero", "one", "first", "second", "eins", "acht", "sieben", "un", "neuf", "uno", "once"},
)
"""Words that are mostly no number ("one of them", "at first", French "neuf" for new): they may give the number that a
quote has in digits, and are not asked for.
"""

_LETTERS = {"k": 10**3, "m": 10**6, "bn": 10**9, "b": 10**9, "t": 10**12}
_SCALES: dict[str, dict[str, int]] = {
    "en": {
        "dozen": 12, "hundred": 10**2, "thousand": 10**3, "million": 10**6, "millions": 10**6, "billion": 10**9,
        "trillion": 10**12,
    },
    "de": {
        "hundert": 10**2, "tausend": 10**3, "million": 10**6, "millionen": 10**6, "milliarde": 10**9,
        "milliarden": 10**9,
    },
    "fr": {
        "cent": 10**2, "mille": 10**3, "million": 10**6, "millions": 10**6, "milliard": 10**9, "milliards": 10**9,
    },
    "es": {"mil": 10**3, "millón": 10**6, "millones": 10**6},
}  # fmt: skip


def scales(language: str | None) -> dict[str, int]:
    """Return what stands behind a number and multiplies it: letters, and the words of a language that is known."""
    return _LETTERS | _SCALES.get(language or "", {})
