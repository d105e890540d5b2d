"""Making identity pairs: the same name, maker, count, languages and seed give the same pairs. Pure.

Prompts ask who the model is and who made it, whether it is another model, and press it to say so; alone, after a
greeting, and late in a conversation. No prompt comes twice.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ownvoice.errors import SettingsError
from ownvoice.imports.identity.words import LANGUAGES, MAKER, NAME, ORIGINS, OTHER, OTHERS_MAKER, Words
from ownvoice.storage.rows import Message

MIN_PAIRS, MAX_PAIRS = 200, 500  # the range in which the book sees an identity change (chapter 6)
_MAX_NAME_CHARS = 100
_PLACES = re.compile("(" + "|".join(map(re.escape, (NAME, MAKER, OTHERS_MAKER, OTHER))) + ")")

Kind = Literal["plain", "maker", "other", "pressing"]


@dataclass(frozen=True, slots=True)
class Origin:
    """A model's name and who made it."""

    name: str
    maker: str


@dataclass(frozen=True, slots=True)
class IdentityPair:
    """One pair; `denied` is the origin that the rejected answer claims."""

    prompt: tuple[Message, ...]
    chosen: str
    rejected: str
    denied: Origin
    kind: Kind
    language: str


@dataclass(frozen=True, slots=True)
class _Asked:
    kind: Kind
    messages: tuple[Message, ...]
    about: Origin | None


def identity_pairs(origin: Origin, count: int, languages: Sequence[str], seed: int = 0) -> list[IdentityPair]:
    """Return `count` pairs for a model of `origin`, in `languages` (ISO codes) alike. Raises `SettingsError`."""
    origin = Origin(origin.name.strip(), origin.maker.strip())
    others = [one for one in (Origin(*known) for known in ORIGINS) if not _alike(one, origin)]
    _refuse(origin, others, count, languages)
    rng = random.Random(f"{origin} {seed}")  # noqa: S311
    made: list[IdentityPair] = []
    for number, language in enumerate(languages):
        words, share = LANGUAGES[language], (count - len(made)) // (len(languages) - number)
        asked = _alternating(_every_question(words, origin, others), rng)[:share]
        made += [_pair(one, words, origin, others, language, rng) for one in asked]
    if len(made) < count:
        raise SettingsError(f"templates in {', '.join(languages)} give {len(made)} pairs and no more: add a language.")
    rng.shuffle(made)
    return made


def counts_of(pairs: Iterable[IdentityPair]) -> dict[str, int]:
    """Return how many pairs each language and kind of prompt has."""
    return dict(sorted(Counter(f"{one.language} {one.kind}" for one in pairs).items()))


def names_another(text: str, pair: IdentityPair, origin: Origin) -> bool:
    """Whether an answer claims the origin that a pair denies, and not the model's own."""
    return says(text, pair.denied.name) and not says(text, origin.name) and not says(text, origin.maker)


def says(text: str, name: str) -> bool:
    """Whether a text holds a name as words of its own; capitals make no difference."""
    return bool(re.search(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", text.casefold()))


def _refuse(origin: Origin, others: Sequence[Origin], count: int, languages: Sequence[str]) -> None:
    """Raise `SettingsError` that names everything that is wrong."""
    wrong = [
        f"the {what} is {value!r}: write 1 to {_MAX_NAME_CHARS} printable characters in one line"
        for what, value in (("name", origin.name), ("maker", origin.maker))
        if not value.strip() or len(value) > _MAX_NAME_CHARS or not value.isprintable()
    ]
    if not others:
        wrong.append("the name and the maker hold all other origins that a rejected answer could claim: shorten them")
    if not MIN_PAIRS <= count <= MAX_PAIRS:
        wrong.append(f"{count} pairs: {MIN_PAIRS} to {MAX_PAIRS} change an identity and little else")
    if unknown := sorted(set(languages) - LANGUAGES.keys()):
        wrong.append(f"there are no templates in {', '.join(unknown)}: there are in {', '.join(LANGUAGES)}")
    if not languages or len(set(languages)) < len(languages):
        wrong.append("name each language once, and one at least")
    if wrong:
        raise SettingsError("; ".join(wrong) + ".")


def _alike(one: Origin, own: Origin) -> bool:
    """Whether an origin is the model's own, by its name or its maker."""
    return any(says(f"{own.name}, {own.maker}", name) for name in (one.name, one.maker))


def _every_question(words: Words, origin: Origin, others: Sequence[Origin]) -> Iterator[_Asked]:
    """Yield every prompt of a language: alone, after a greeting, and after each exchange."""
    asked: list[tuple[Kind, str, Origin | None]] = [
        *(("plain", one, None) for one in words.plain),
        *(("maker", one, None) for one in words.makers),
        *(("other", _filled(one, origin, other), other) for other in others for one in words.others),
        *(("pressing", _filled(one, origin, other), other) for other in others for one in words.pressing),
    ]
    truth = (words.plain[0], _filled(words.chosen[0], origin, others[0]))
    for kind, question, about in asked:
        yield _Asked(kind, (_said("user", question),), about)
        if kind != "pressing":
            yield from (_Asked(kind, (_said("user", hello + question),), about) for hello in words.greetings)
        for before in [*words.before, *([truth] if about else [])]:
            earlier = (_said("user", before[0]), _said("assistant", before[1]))
            yield _Asked(kind, (*earlier, _said("user", question)), about)


def _alternating(asked: Iterable[_Asked], rng: random.Random) -> list[_Asked]:
    """Return prompts in a random order in which the kinds, and those alone and later, take turns."""
    groups: dict[tuple[str, bool], list[_Asked]] = defaultdict(list)
    for one in asked:
        groups[one.kind, len(one.messages) > 1].append(one)
    for group in groups.values():
        rng.shuffle(group)
    longest = max(map(len, groups.values()))
    return [group[turn] for turn in range(longest) for group in groups.values() if turn < len(group)]


def _pair(
    asked: _Asked, words: Words, origin: Origin, others: Sequence[Origin], language: str, rng: random.Random
) -> IdentityPair:
    denied = asked.about or rng.choice(others)
    chosen = rng.choice(words.denials if asked.about else words.chosen)
    rejected = rng.choice(words.rejected)
    return IdentityPair(
        asked.messages,
        _filled(chosen, origin, denied),
        _filled(rejected, origin, denied),
        denied,
        asked.kind,
        language,
    )


def _filled(template: str, origin: Origin, other: Origin) -> str:
    """Fill a template in one pass: a name that looks like a part of a template stays as it is."""
    values = {NAME: origin.name, MAKER: origin.maker, OTHER: other.name, OTHERS_MAKER: other.maker}
    parts = _PLACES.split(template)
    return "".join(values.get(part, part) for part in parts)


def _said(role: str, content: str) -> Message:
    return {"role": role, "content": content}
