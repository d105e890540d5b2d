"""What of a text the shortcuts are made of: its length and its punctuation, as arrays over many texts.

A million pairs take some 200 MB, so that a whole version can be weighed at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.integer]
Places = npt.NDArray[np.intp]
Names = npt.NDArray[np.object_]

MARKS = "!\"#$%&'()*+,-./:;<=>?@[\\]^`{|}~“”‘’„«»–—…•·¿¡。、，！？：；（）「」"
OTHER, NO_MARK = len(MARKS), len(MARKS) + 1
"""The column of every other mark (an emoji, say), and the place of a text that begins or ends with none."""

_MARK = re.compile(r"[^\w\s]")
_COLUMN = {mark: column for column, mark in enumerate(MARKS)}
_MOST_COUNTED = 255


@dataclass(frozen=True, slots=True)
class Texts:
    """The answers of n pairs as 2n rows: chosen, rejected, chosen, ...

    `chars` and `words` are lengths; `marks` has shape (2n, `OTHER` + 1) and counts each mark, 255 at most; `first` and
    `last` are the column of the mark that a text begins and ends with, or `NO_MARK`.
    """

    chars: Whole
    words: Whole
    marks: Whole
    first: Whole
    last: Whole

    @classmethod
    def of(cls, texts: Iterable[str]) -> Texts:
        """Measure texts, in pairs of chosen and rejected."""
        measured = [_measured(text) for text in texts]
        chars, words, counted, first, last = zip(*measured, strict=True) if measured else ((), (), (), (), ())
        marks = np.frombuffer(b"".join(counted), np.uint8).reshape(-1, OTHER + 1)
        return cls(
            np.array(chars, np.int32), np.array(words, np.int32), marks, np.array(first, np.uint8),
            np.array(last, np.uint8),
        )  # fmt: skip

    @classmethod
    def joined(cls, parts: list[Texts]) -> Texts:
        """Put the texts of several parts into one."""
        return cls(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)))

    def of_pairs(self, pairs: Places) -> Texts:
        """Return the texts of the pairs at these places."""
        rows = np.stack([2 * pairs, 2 * pairs + 1], axis=1).ravel()
        return Texts(*(getattr(self, field.name)[rows] for field in fields(self)))

    @property
    def pairs(self) -> int:
        """The number of pairs."""
        return len(self.chars) // 2


def _measured(text: str) -> tuple[int, int, bytes, int, int]:
    counts = bytearray(OTHER + 1)
    for mark in _MARK.findall(text):
        column = _COLUMN.get(mark, OTHER)
        counts[column] = min(counts[column] + 1, _MOST_COUNTED)
    seen = text.strip()
    return len(text), len(text.split()), bytes(counts), _place(seen[:1]), _place(seen[-1:])


def _place(char: str) -> int:
    return _COLUMN.get(char, OTHER) if _MARK.match(char) else NO_MARK
