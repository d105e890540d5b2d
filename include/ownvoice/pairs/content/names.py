"""The names of a text, found by how they are written, without a model. Pure.

A name is a word with a capital that no sentence begins with ("we asked Ada"), a word with a capital or a digit inside
it ("LangChain", "GPT", "e5"), or one with an underscore. A word that begins a sentence is a name where it has a capital
elsewhere too. In German, which gives every noun a capital, only the second and third kind can be told, so that a
"Berlin" that is lost is not noticed. In scripts without case, names are those in Latin letters.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

import regex

from ownvoice.chunks.sentences import sentences

_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]"
_SIGN = rf"[[\p{{L}}\p{{M}}\p{{N}}_]--{_UNSPACED}]"
_TOKEN = regex.compile(rf"{_SIGN}+(?:[-.'’&@]{_SIGN}+)*(?:\+\+|#)?", regex.V1)
_ELIDED = regex.compile(r"(?i)\A(?:[dlcjmnst]|qu)['’](?=\p{Lu})|['’]s?\Z|['’](?:ll|re|ve|d|m|t)\Z")
_OPENS = regex.compile(r"""(?:[:;—–…•*|>"“„«‘(\[{]|\n|(?:^|\s)(?:\d+[.)]|-))\s*\Z""")
_ORDINAL = regex.compile(r"(?i)\d+(?:st|nd|rd|th|s)?")
_WORD_PART = regex.compile(rf"{_SIGN}+", regex.V1)
_JOINED_PARTS, _MARK_CHARS = 8, 12
_SMALL_WORDS = (
    "i a o ok okay yes no not very must never always all any the and but or do don only how why what when where who "
    "which if so this that these those every each both really is are was were can of in on to for"
)
"""They may have capitals in emphasis and in titles."""
_EVERY_NOUN_HAS_A_CAPITAL = frozenset({"de"})
_DOES_NOT_INFLECT = frozenset({"en", "fr", "es"})


def names(text: str, context: str, language: str | None) -> list[str]:
    """Return the names of `text`, each once, in order; `context` is what it was taken from, such as its chunk."""
    by_capital = language not in _EVERY_NOUN_HAS_A_CAPITAL
    elsewhere = _capitals_within(context) if by_capital else frozenset()
    found: dict[str, None] = {}
    for word, begins in _words(text):
        for part in _parts(word):
            if _is_name_by_itself(part) or (by_capital and part[:1].isupper() and (not begins or part in elsewhere)):
                found[part] = None
            begins = False  # a part behind a hyphen begins nothing
    small = _SMALL_WORDS.split()
    return [name for name in found if name.casefold() not in small and len(name) > 1]


def lacking(wanted: Iterable[str], text: str, language: str | None) -> list[str]:
    """Return those of the names `wanted` that are not in `text`, whatever their case, accents, hyphens and endings.

    "LLMs" is there where "LLM" is, "GPT4" where "GPT-4" is, "Zurich" where "Zürich" is. In languages
    whose names change their endings by case, a
    name of five letters is there where all but its last two letters are.
    """
    parts = [part.casefold() for part in _WORD_PART.findall(_without_accents(text))]
    there = {"".join(parts[at : at + many]) for at in range(len(parts)) for many in range(1, _JOINED_PARTS + 1)}
    return [name for name in wanted if not _is_there(_squashed(name), there, language not in _DOES_NOT_INFLECT)]


def _is_there(name: str, there: set[str], inflects: bool) -> bool:
    if not name or any(form in there for form in _forms(name)):
        return True
    stem = max(5, len(name) - 2)
    return inflects and len(name) >= stem and name.isalpha() and any(word[:stem] == name[:stem] for word in there)


def _forms(name: str) -> Iterator[str]:
    yield name
    yield f"{name}s"
    yield f"{name}es"
    yield name.removesuffix("s")
    yield name.removesuffix("es")


def _words(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the words of `text`, and whether a sentence, a list entry or a quotation begins with it."""
    plain = _plain(text)
    for start, end in sentences(plain):
        sentence, is_first = plain[start:end], True
        for match in _TOKEN.finditer(sentence):
            word = _ELIDED.sub("", match[0])
            yield (
                word,
                is_first or _OPENS.search(sentence, max(0, match.start() - _MARK_CHARS), match.start()) is not None,
            )
            is_first = False


def _parts(word: str) -> list[str]:
    """Return the parts of a word with hyphens, but "GPT-4o" whole; small ones at its ends ("-based") are no name."""
    parts = word.split("-")
    while parts and parts[-1].isalpha() and parts[-1].islower():
        parts.pop()
    while parts and parts[0].isalpha() and parts[0].islower():
        parts.pop(0)
    is_whole = len(parts) > 1 and parts[0][0].isalpha() and any(sign.isdigit() for part in parts for sign in part)
    return ["-".join(parts)] if is_whole else parts


def _capitals_within(text: str) -> frozenset[str]:
    """Return the words that have a capital where no sentence begins."""
    return frozenset(part for word, begins in _words(text) if not begins for part in _parts(word) if part[:1].isupper())


def _is_name_by_itself(word: str) -> bool:
    """Whether a word is a name wherever it stands: a capital or a digit inside it, or an underscore."""
    if _ORDINAL.fullmatch(word) or not word or word[0].isdigit():
        return False
    inside = word[1:]
    return any(sign.isupper() or sign.isdigit() for sign in inside) or "_" in inside or word[-1] in "+#"


def _squashed(name: str) -> str:
    return "".join(part.casefold() for part in _WORD_PART.findall(_without_accents(name)))


def _without_accents(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)
