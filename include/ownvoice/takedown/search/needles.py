"""What a takedown looks for: runs of eight words and names, as numbers. Pure.

Text is compared by its words, in one Unicode form and without case and punctuation, as near-duplicates are. A run of
eight words becomes a key of 64 bits (`pairs/grams`), so that a search looks up numbers and holds no text. A name (the
id of an article, the hash of its text) is looked for as the run of all its words and then, where that is met, as it is
spelt: `book/1.md` is not met in `my-book/1.md`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ownvoice.pairs.grams.grams import RUN_WORDS, Grams, look_up, run_keys, spoken_words

SEARCH_WORDS = 8
"""The words of a run: fewer are met by chance, and more miss a sentence that was quoted."""

_PART_OF_A_NAME = r"[\w/.~-]"


@dataclass(frozen=True)
class Met:
    """How many runs and how many names of what is looked for a text holds."""

    runs: int = 0
    names: int = 0

    def __add__(self, other: Met) -> Met:
        return Met(self.runs + other.runs, self.names + other.names)

    def __bool__(self) -> bool:
        return bool(self.runs or self.names)


@dataclass(frozen=True)
class Needles:
    """What is looked for: the keys of `runs`, sorted, and `names` as they are spelt.

    `values` are names that other texts may speak of, as a link does: they are met as a whole value alone.
    """

    runs: Grams = field(default_factory=lambda: np.empty(0, np.uint64))
    names: frozenset[str] = frozenset()
    values: frozenset[str] = frozenset()

    @cached_property
    def _names_by_key(self) -> dict[int, tuple[Grams, dict[int, list[str]]]]:
        """Group the names by their number of words: the sorted keys, and the names behind each key."""
        grouped: dict[int, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
        for name in self.names | self.values:
            spoken = spoken_words(name)[:RUN_WORDS]
            for key in run_keys(spoken, len(spoken)).tolist() if spoken else ():
                grouped[len(spoken)][key].append(name)
        return {size: (np.array(sorted(by_key), np.uint64), dict(by_key)) for size, by_key in grouped.items()}

    def met_in(self, text: str) -> Met:
        """Return how many runs and names `text` holds."""
        spoken = spoken_words(text)
        held, _ = look_up(run_keys(spoken, SEARCH_WORDS), self.runs)
        found = self._candidates(spoken)
        return Met(int(held.sum()), sum(_spelt(name, text, whole=name in self.values) for name in found))

    def names_in(self, text: str) -> set[str]:
        """Return the names that `text` holds."""
        return {name for name in self._candidates(spoken_words(text)) if _spelt(name, text)}

    def _candidates(self, spoken: list[str]) -> set[str]:
        found: set[str] = set()
        for size, (keys, by_key) in self._names_by_key.items():
            windows = run_keys(spoken, size)
            held, _ = look_up(windows, keys)
            found.update(name for key in np.unique(windows[held]).tolist() for name in by_key[key])
        return found


def runs_in(texts: Iterable[str]) -> Grams:
    """Return the keys of the runs of all `texts` together, sorted and each once."""
    parts = [run_keys(spoken_words(text), SEARCH_WORDS) for text in texts]
    return np.unique(np.concatenate(parts)) if parts else np.empty(0, np.uint64)


def _spelt(name: str, text: str, *, whole: bool = False) -> int:
    """Count a name where it stands alone; one without a sign of a name is looked for as a whole value only."""
    quoted = re.escape(name)
    if whole or re.fullmatch(r"[^\W_]{1,15}", name):  # "7", "ann": a word of any text
        return len(re.findall(rf"""(?:^|(?<=["'\n])){quoted}(?=["'\n]|$)""", text))
    if re.fullmatch(r"[0-9a-f]{16,}", name):  # a hash is part of keys
        return len(re.findall(rf"\b{name}\b", text))
    return len(re.findall(rf"(?<!{_PART_OF_A_NAME}){quoted}(?![\w/~-]|\.\w)", text))
