"""Grams: keys of the passages of a text, of which two texts that share a passage share at least one. Pure.

A gram is the key of thirteen words in a row (GPT-3, Brown et al., 2020, appendix C), or of a whole sentence of five to
twelve. Words are those that near-duplicates compare: in one Unicode form, without case and punctuation, and in scripts
without spaces each letter is one. A sentence of fewer words says too little: "What does it mean?" is in every blog.

The key of a run is a polynomial over the keys of its words, modulo 2^64 (Karp and Rabin, 1987), so that all runs of a
text are a few operations on arrays.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import regex
from numpy.lib.stride_tricks import sliding_window_view

from ownvoice.articles.near_duplicates.shingles import words
from ownvoice.chunks.sentences import sentences

RUN_WORDS = 13
MIN_SENTENCE_WORDS = 5
GRAM_VERSION = "13-5-1"
"""The name of this way of making grams; grams of two versions cannot be compared."""

Grams = npt.NDArray[np.uint64]
"""Sorted, each once, unless something else is said."""

_FACTORS = np.array([pow(0x9E3779B97F4A7C15, power, 1 << 64) for power in range(1, RUN_WORDS + 1)], np.uint64)
_WORDS_HELD = 1 << 17
_INVISIBLE = regex.compile(r"\p{Cf}+")  # a zero-width space or a soft hyphen inside a word makes no other passage


def grams(texts: Iterable[str]) -> Grams:
    """Return the grams of all `texts` together."""
    parts = [keys for text in texts for keys, _ in _passages(text)]
    return np.unique(np.concatenate(parts)) if parts else np.empty(0, np.uint64)


def run_keys(spoken: list[str], run_words: int) -> Grams:
    """Return the key of each run of `run_words` words (at most `RUN_WORDS`) of a text's words, in their order."""
    if len(spoken) < run_words:
        return np.empty(0, np.uint64)
    keys: Grams = (sliding_window_view(_keys(spoken), run_words) * _FACTORS[:run_words]).sum(axis=1, dtype=np.uint64)
    return keys


def words_key(text: str) -> int:
    """Return the key (64 bits) of all words of a text: two texts with the same one say the same."""
    return int.from_bytes(hashlib.blake2b(" ".join(spoken_words(text)).encode(), digest_size=8).digest())


def shared_words(texts: Iterable[str], shared: Grams) -> str | None:
    """Return the words of the first passage of `texts` that is among the grams `shared`; None where none is."""
    for keys, found in (part for text in texts for part in _passages(text)):
        held, _ = look_up(keys, shared)
        if held.any():
            start = int(held.argmax())
            return " ".join(found[start : start + RUN_WORDS])
    return None


def look_up(wanted: Grams, known: Grams) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.intp]]:
    """Return for each of `wanted`, in any order, whether the sorted grams `known` hold it, and the place in them."""
    if not len(known):
        return np.zeros(len(wanted), np.bool_), np.zeros(len(wanted), np.intp)
    places = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return known[places] == wanted, places


def _passages(text: str) -> Iterator[tuple[Grams, list[str]]]:
    """Yield the keys of the runs of a text with its words, then each short sentence with its own, by their place."""
    spoken = spoken_words(text)
    if len(spoken) >= RUN_WORDS:
        yield run_keys(spoken, RUN_WORDS), spoken
    for start, end in sentences(text):
        sentence = spoken_words(text[start:end])
        if MIN_SENTENCE_WORDS <= len(sentence) < RUN_WORDS:
            keys = _keys(sentence)
            yield np.array([(keys * _FACTORS[: len(keys)]).sum(dtype=np.uint64)]), sentence


def spoken_words(text: str) -> list[str]:
    """Return the words of a text that grams are made of."""
    return words(_INVISIBLE.sub("", text))


def _keys(spoken: Iterable[str]) -> Grams:
    return np.fromiter(map(_key, spoken), np.uint64)


@lru_cache(_WORDS_HELD)
def _key(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest())
