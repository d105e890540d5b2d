"""The rules of the offline model, a stand-in: triples about a text with no model behind them.

The extracted answers are real sentences of the text, the generated ones stiff rewordings of them, the instructions
ask about a word that stands there. The same text gives the same triples. By the hash of a passage some go wrong on
purpose, as those of real models do, so that every filter has something to do.
"""

from __future__ import annotations

import hashlib
import re

from ownvoice.chunks.sentences import sentences
from ownvoice.triples.triple import Triple

_TRIPLES_PER_TEXT = 5
_SENTENCES_PER_PASSAGE = 3
_MIN_PASSAGE_CHARS, _MAX_PASSAGE_CHARS = 100, 400

_SLIPS = ("changed word",) * 4 + ("too short",) * 4 + ("lower case", "no full stop", "speaks of the text", "copy")
_SLIP_SIDES = 48  # a die of so many sides: one triple in twelve has a changed word, one in four slips at all

_INSTRUCTIONS = (
    "Explain what matters most about {topic}.",
    "What should a practitioner know about {topic} and {other}?",
    "Describe how {topic} relates to {other}.",
    "Why is {topic} important in practice?",
    "Write a short paragraph about {topic}, with a word on {other}.",
    "How would you explain {topic} to a colleague?",
    "What role does {other} play when working with {topic}?",
    "Summarize the key considerations around {topic}.",
    "When does {topic} become relevant, and what does {other} have to do with it?",
    "Discuss the significance of {topic}.",
    "What are the consequences of {topic} for {other}?",
    "Give an overview of {topic} and its connection to {other}.",
)
_SELF_REFERENCES = frozenset({"author", "authors", "article", "context", "extract", "course", "passage", "system"})
_OPENINGS = (
    "It is important to note that ",
    "It should be emphasized that ",
    "Generally speaking, it can be stated that ",
    "In the contemporary landscape, it is widely recognized that ",
    "From a comprehensive perspective, it is evident that ",
)
_CONNECTIVES = ("Furthermore, ", "Moreover, ", "In addition, ", "Consequently, ")
_CLOSINGS = (
    " In conclusion, this aspect plays a crucial role in achieving optimal outcomes.",
    " Overall, these considerations are essential for a holistic understanding of the subject.",
    " Ultimately, it is imperative to take these factors into account.",
)
_STIFF_WORDS = {
    "a lot of": "a substantial number of",
    "also": "additionally",
    "begin": "commence",
    "big": "substantial",
    "but": "however,",
    "buy": "purchase",
    "can't": "cannot",
    "get": "obtain",
    "gets": "obtains",
    "good": "beneficial",
    "help": "facilitate",
    "helps": "facilitates",
    "i'm": "I am",
    "i've": "I have",
    "it's": "it is",
    "kind of": "to some extent",
    "let's": "let us",
    "lots of": "numerous",
    "many": "numerous",
    "need": "require",
    "needs": "requires",
    "really": "significantly",
    "show": "demonstrate",
    "shows": "demonstrates",
    "so": "therefore",
    "start": "commence",
    "that's": "that is",
    "try": "attempt",
    "use": "utilize",
    "used": "utilized",
    "uses": "utilizes",
    "using": "utilizing",
    "want": "desire",
    "won't": "will not",
}
_ENDINGS = {"n't": " not", "'re": " are", "'ve": " have", "'ll": " will", "'d": " would"}
_STIFF_WORD = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(_STIFF_WORDS, reverse=True)))})\b", re.IGNORECASE)
_CONTRACTION = re.compile(rf"(?<=\w)(?:{'|'.join(_ENDINGS)})\b")


def offline_triples(text: str) -> list[Triple]:
    """Return up to five triples about `text`; none only where it is blank."""
    passages = _passages(text)
    fitting = [passage for passage in passages if _fits(" ".join(passage))] or passages
    return [_triple(passage) for passage in _spread(fitting, _TRIPLES_PER_TEXT)]
