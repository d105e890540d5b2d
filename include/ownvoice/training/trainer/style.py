"""Style numbers of texts, and how near a model's answers are to the author's own text. Pure.

A few answers are little text: the numbers describe these answers and are not tested for significance.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ownvoice.chunks.sentences import sentences
from ownvoice.training.result import Sample

# Words that say how someone writes and hardly what about (Mosteller and Wallace 1964, Burrows 2002); for English.
FUNCTION_WORDS = (
    *("the", "of", "and", "a", "to", "in", "is", "it", "that", "for", "as", "with", "on", "be", "by", "this", "are"),
    *("or", "an", "from", "not", "but", "at", "which", "have", "has", "was", "will", "would", "can", "so", "if", "no"),
    *("i", "you", "we", "they", "he", "she", "my", "your", "our", "their", "its", "what", "when", "there", "than"),
    *("then", "because", "just", "very", "also", "only", "into", "about", "out", "up", "more", "how", "all", "some"),
)

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_MARKS = {"commas": ",", "dashes": "–—", "exclamations": "!", "questions": "?", "apostrophes": "'’"}


def style_of(texts: Iterable[str]) -> dict[str, Any] | None:
    """Return words a sentence, marks per 100 words and the share of each function word; None where there is no word."""
    text = "\n\n".join(texts)
    words = [word.lower() for word in _WORD.findall(text)]
    if not words:
        return None
    counts = Counter(words)
    return {
        "words": len(words),
        "words_per_sentence": len(words) / len(sentences(text)),
        **{f"{name}_per_100_words": 100 * sum(map(text.count, marks)) / len(words) for name, marks in _MARKS.items()},
        "function_words": {word: counts[word] / len(words) for word in FUNCTION_WORDS},
    }


def function_word_distance(one: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    """Return how many words in 100 of one text are function words that the other has not as often: 0 is alike."""
    theirs = other["function_words"]
    return 50.0 * float(sum(abs(share - theirs[word]) for word, share in one["function_words"].items()))


def compared_styles(author: Sequence[str], samples: Sequence[Sample]) -> dict[str, dict[str, Any]]:
    """Return the style of the author's text, of the base's answers and of the trained model's; empty without one.

    The last two have their `function_word_distance` from the author.
    """
    texts = {
        "author": author,
        "base": [one.base for one in samples],
        "trained": [one.trained for one in samples],
    }
    styles = {name: style for name, several in texts.items() if (style := style_of(several))}
    if len(styles) < len(texts):
        return {}
    shown = {
        name: {key: value for key, value in one.items() if key != "function_words"} for name, one in styles.items()
    }
    for model in ("base", "trained"):
        shown[model]["function_word_distance"] = function_word_distance(styles[model], styles["author"])
    return shown
