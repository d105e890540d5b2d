"""The rules by which the offline model makes triples about a text.

The extracted answers are sentences of the text, the generated answers stiff rewordings of them, and the instructions
ask about words of these sentences. The same text always gives the same triples. Some triples are wrong on purpose, in
the ways in which real models are, so that every filter has something to drop; the hash of the passage decides which.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from typing import TypeVar

from ownvoice.chunks.sentences import sentences
from ownvoice.offline_model.content import CONTENT_SLIPS, with_content
from ownvoice.offline_model.words import (
    ASKS_WITH_CONTENT,
    CLOSINGS,
    CONNECTIVES,
    CONTRACTED,
    CONTRACTED_PATTERN,
    INSTRUCTIONS,
    NO_TOPIC,
    OF_KIND,
    OPENINGS,
    STIFF,
    STIFF_PATTERN,
    WORD,
)
from ownvoice.triples.prompts import CONTENT_KINDS
from ownvoice.triples.triple import Triple

_T = TypeVar("_T")

_MAX_TRIPLES = 5
_MAX_SENTENCES = 3
_END_MARKS = (".", "!", "?", "。", "！", "？")
_MIN_PASSAGE_CHARS, _MAX_PASSAGE_CHARS = 100, 400


class Slip(StrEnum):
    """What may be wrong with a triple on purpose."""

    CHANGED_WORD = "changed_word"
    TOO_SHORT = "too_short"
    STARTS_LATE = "starts_late"
    NO_END_MARK = "no_end_mark"
    SPEAKS_OF_THE_EXTRACT = "speaks_of_the_extract"
    COPIED = "copied"


_SLIPS: tuple[Slip | None, ...] = (
    *(Slip.CHANGED_WORD,) * 4,
    *(Slip.TOO_SHORT,) * 4,
    Slip.STARTS_LATE,
    Slip.NO_END_MARK,
    Slip.SPEAKS_OF_THE_EXTRACT,
    Slip.COPIED,
    *(None,) * 36,
)


def offline_triples(text: str, voice: str = "", kinds: Sequence[str] = ()) -> list[Triple]:
    """Return up to five triples about `text`; none only where it has no sentence.

    Each `voice` words instructions and generated answers differently, as two models would. Where `kinds` are given, the
    instructions are of each kind in turn; where some of them carry content, all but one are of these.
    """
    kinds = _in_turn(kinds, text)
    passages = passages_of(text)
    fitting = [passage for passage in passages if _fits(passage)] or passages
    picked = sorted(fitting, key=_number)[:_MAX_TRIPLES]
    return [
        triple_about(passage, voice, kinds[number % len(kinds)] if kinds else None)
        for number, passage in enumerate(picked)
    ]


def _in_turn(kinds: Sequence[str], text: str) -> Sequence[str]:
    others = [kind for kind in kinds if kind not in CONTENT_KINDS]
    return kinds if len(others) == len(kinds) else (*CONTENT_KINDS, *CONTENT_KINDS, _pick(others, text, "kind"))


def triple_about(passage: str, voice: str = "", kind: str | None = None) -> Triple:
    """Return the triple that quotes `passage`, with the slip of that passage, if there is one."""
    topic, other = _topics(passage)
    forms = (OF_KIND | ASKS_WITH_CONTENT)[kind] if kind else INSTRUCTIONS
    instruction = _pick(forms, passage, f"{voice}instruction").format(topic=topic, other=other)
    if kind in CONTENT_KINDS:
        instruction = with_content(kind, instruction, passage, _stiff, _pick(CONTENT_SLIPS, passage, "content"))
    return _with_slip(Triple(instruction, _reworded(passage, voice), passage, kind), slip_of(passage))


def offline_answer(instruction: str, voice: str = "") -> str:
    """Return a plain answer to `instruction`, made from its words alone."""
    topic, other = _topics(instruction)
    claims = (
        f"{topic} is a subject of considerable relevance, and its relation to {other} should not be underestimated.",
        f"{topic} is best approached systematically, with {other} taken into account from the outset.",
        f"{topic} and {other} are closely connected, and both contribute to a robust overall outcome.",
    )
    return _reworded(" ".join(claims[_number(voice + instruction) % len(claims) :]), voice)


def slip_of(passage: str) -> Slip | None:
    """Return what is wrong with the triple about `passage`: of 48, four have a changed word, and twelve any slip."""
    return _pick(_SLIPS, passage, "slip")


def passages_of(text: str) -> list[str]:
    """Cut `text` into runs of one to three sentences of a paragraph, each as long as a chosen answer should be."""
    spans = sentences(text)
    passages: list[str] = []
    first = 0
    while first < len(spans):
        start, end = spans[first]
        last = first
        while end - start < _MIN_PASSAGE_CHARS and last + 1 < min(first + _MAX_SENTENCES, len(spans)):
            if "\n" in text[end : spans[last + 1][0]]:
                break
            last += 1
            end = spans[last][1]
        passages.append(text[start:end])
        first = last + 1
    return passages


def _fits(passage: str) -> bool:
    first = passage[:1]
    well_formed = first.isalpha() and not first.islower() and passage.endswith(_END_MARKS)
    return well_formed and _MIN_PASSAGE_CHARS <= len(passage) <= _MAX_PASSAGE_CHARS


def _topics(passage: str) -> tuple[str, str]:
    """Return the two longest words that may be asked about, in the order of the text."""
    words = [word for word in dict.fromkeys(WORD.findall(passage)) if 4 <= len(word) <= 24]
    longest = sorted((word for word in words if not NO_TOPIC.fullmatch(word)), key=len, reverse=True)[:2]
    topic, *rest = sorted(longest, key=words.index) or [passage[:12].strip()]
    return topic, rest[0] if rest else "everyday work"


def _reworded(passage: str, voice: str) -> str:
    """Return `passage` in stiff words: no contractions, long words, connectives, an opening and a closing."""
    parts = [_stiff(passage[start:end]) for start, end in sentences(passage)]
    joined = f" {_pick(CONNECTIVES, passage, f'{voice}connective')}".join(parts)
    return f"{_pick(OPENINGS, passage, f'{voice}opening')}{joined} {_pick(CLOSINGS, passage, f'{voice}closing')}"


def _stiff(sentence: str) -> str:
    plain = sentence.replace("’", "'")
    stiff = STIFF_PATTERN.sub(lambda match: _in_case_of(match[0], STIFF[match[0].lower()]), plain)
    return CONTRACTED_PATTERN.sub(lambda match: CONTRACTED[match[0]], stiff)


def _in_case_of(original: str, word: str) -> str:
    return word[0].upper() + word[1:] if original[0].isupper() else word


def _with_slip(triple: Triple, slip: Slip | None) -> Triple:
    extract = triple.extracted_answer
    match slip:
        case Slip.CHANGED_WORD:
            return replace(triple, extracted_answer=_with_a_changed_word(extract))
        case Slip.TOO_SHORT:
            return replace(triple, extracted_answer=extract[:60].strip())
        case Slip.STARTS_LATE:
            return replace(triple, extracted_answer=extract.split(maxsplit=1)[-1])
        case Slip.NO_END_MARK:
            return replace(triple, extracted_answer=extract.rstrip("".join(_END_MARKS)))
        case Slip.SPEAKS_OF_THE_EXTRACT:
            return replace(triple, instruction=f"According to the extract: {triple.instruction}")
        case Slip.COPIED:
            return replace(triple, generated_answer=extract)
    return triple


def _with_a_changed_word(passage: str) -> str:
    words = passage.split(" ")
    middle = len(words) // 2
    words[middle] = "something" if words[middle] != "something" else "anything"
    return " ".join(words)


def _pick(options: Sequence[_T], passage: str, purpose: str) -> _T:
    return options[_number(purpose + passage) % len(options)]


def _number(text: str) -> int:
    """Return a hash of `text` as an integer: evenly distributed, and always the same for one text."""
    return int.from_bytes(hashlib.sha256(text.encode(errors="replace")).digest()[:8], "big")
