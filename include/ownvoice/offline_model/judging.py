"""The rules by which the offline model answers as a judge, so that judging can be looked at without a key.

It counts words and understands nothing: an answer that takes up more words of the instruction, in fewer words of its
own, is called better, and the one whose short words and punctuation are more like the passages' is called more like the
author. The order of the answers and what they say of themselves change nothing. No verdict of it says anything about a
real text.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping

from ownvoice.llm.material import PART
from ownvoice.style.words import FUNCTION_WORDS, words

_MARK = re.compile(r"[.,;:!?()—–-]")
_CLEAR = 0.02  # below this difference of two scores there is no winner
_FUNCTION_WORDS = frozenset(FUNCTION_WORDS)
_SHORT_CHARS = 3
_STEM_CHARS = 6
_WORDS_IN_NOTES = 12
_WEIGHT_OF_CONCISION = 0.5


def offline_judgement(prompt: str) -> str | None:
    """Return what the offline model answers as a judge, or as the writer of grading notes; None to another request."""
    parts = {match["name"]: match["text"] for match in PART.finditer(prompt)}
    if "answer A" in parts and "answer B" in parts:
        return _comparison(parts)
    if "answer" in parts:
        return _rating(parts)
    return _notes(parts) if "instruction" in parts else None


def _comparison(parts: Mapping[str, str]) -> str:
    passages = [text for name, text in parts.items() if name.startswith("passage")]
    if passages:
        likeness = {side: -_distance(parts[f"answer {side}"], passages) for side in "AB"}
        return _verdict("likeness to the passages in short words and punctuation", likeness)
    asked = _content(parts.get("instruction", ""), parts.get("reference", ""), parts.get("grading notes", ""))
    scores = {side: _score(parts[f"answer {side}"], asked) for side in "AB"}
    return _verdict("words of the instruction taken up, and concision", scores)


def _verdict(measure: str, scores: Mapping[str, float]) -> str:
    a, b = scores["A"], scores["B"]
    winner = "tie" if abs(a - b) < _CLEAR else ("A" if a > b else "B")
    reason = f"Counted by rule, not read: {measure}. A has {a:.2f}, B has {b:.2f}."
    return f"{reason}\n{json.dumps({'winner': winner})}"


def _rating(parts: Mapping[str, str]) -> str:
    taken_up = _coverage(parts["answer"], _content(parts.get("instruction", "")))
    reason = f"Counted by rule, not read: {taken_up:.0%} of the words of the instruction are taken up."
    return f"{reason}\n{json.dumps({'rating': 1 + round(4 * taken_up)})}"


def _notes(parts: Mapping[str, str]) -> str:
    asked = _content(parts["instruction"], parts.get("reference", ""))
    # Nothing but the words: the judge takes each word of the notes for one that an answer should have.
    return "\n".join(f"- {word}" for word in list(asked.values())[:_WORDS_IN_NOTES])


def _score(answer: str, asked: Mapping[str, str]) -> float:
    own = words(answer)
    concision = len(set(own)) / len(own) if own else 0.0
    return _coverage(answer, asked) + _WEIGHT_OF_CONCISION * concision


def _coverage(answer: str, asked: Iterable[str]) -> float:
    """Return the share of the words `asked` for that an answer takes up, 0 where there are none."""
    asked, own = set(asked), _content(answer).keys()
    return len(asked & own) / len(asked) if asked else 0.0


def _content(*texts: str) -> dict[str, str]:
    """Return the longer words that say what a text is about, by their beginnings.

    In scripts without spaces each letter is one.
    """
    found = (word for text in texts for word in words(text) if word not in _FUNCTION_WORDS)
    return {word[:_STEM_CHARS]: word for word in found if len(word) > _SHORT_CHARS or not word.isascii()}


def _distance(text: str, passages: Iterable[str]) -> float:
    own, theirs = _habits(text), _habits("\n".join(passages))
    return sum(abs(own.get(name, 0.0) - theirs.get(name, 0.0)) for name in own.keys() | theirs.keys())


def _habits(text: str) -> dict[str, float]:
    """Return how often each short word and mark occurs for each word of a text."""
    found = words(text)
    counts = Counter(word for word in found if len(word) <= _SHORT_CHARS or "'" in word)
    counts.update(_MARK.findall(text))
    return {name: count / max(len(found), 1) for name, count in counts.items()}
