"""The words of two texts that only one of them has, found in a time that their content cannot stretch."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

Piece = tuple[str, bool]
"""A text, and whether it is marked."""

MAX_WORDS = 8_000
"""Words and signs of a text up to which order counts: 60 ms and 8 MB where both have so many, whichever they are."""

_WORD = re.compile(r"\s*+(?:\w+|[^\w\s])|\s+")


class Differences(NamedTuple):
    """Two texts in pieces; a marked piece is in that text only. `by_order` is false where order did not count."""

    left: list[Piece]
    right: list[Piece]
    by_order: bool


def differences(left: str, right: str) -> Differences:
    """Mark the words and signs that are not in the longest sequence which both texts have.

    Where one has more than `MAX_WORDS`, those which the other has nowhere. White space counts for nothing.
    """
    words, others = _WORD.findall(left), _WORD.findall(right)
    keys, other_keys = [word.strip() for word in words], [word.strip() for word in others]
    by_order = max(len(words), len(others)) <= MAX_WORDS
    if by_order:
        common = list(_longest_common_sequence(keys, other_keys))
        same, other_same = {at for at, _ in common}, {at for _, at in common}
    else:
        same, other_same = _known(keys, set(other_keys)), _known(other_keys, set(keys))
    return Differences(list(_pieces(words, same)), list(_pieces(others, other_same)), by_order)


def _known(keys: Sequence[str], others: Collection[str]) -> set[int]:
    return {at for at, key in enumerate(keys) if key in others}


def _longest_common_sequence(left: Sequence[str], right: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the places of the words of a longest common sequence in both, from its end to its beginning.

    Row after row of the table of lengths is one integer, whose bit i is 0 where taking in left[i] makes the sequence
    longer (H. Hyyrö, "Bit-parallel LCS-length computation revisited", 2004).
    """
    places: dict[str, int] = {}
    for at, word in enumerate(left):
        places[word] = places.get(word, 0) | 1 << at
    everything = (1 << len(left)) - 1
    rows = [everything]
    for word in right:
        found = rows[-1] & places.get(word, 0)
        rows.append((rows[-1] + found | rows[-1] - found) & everything)
    at, other = len(left), len(right)
    while at and other:
        if rows[other] >> at - 1 & 1:
            at -= 1
        elif rows[other - 1] >> at - 1 & 1:
            at, other = at - 1, other - 1
            yield at, other
        else:
            other -= 1


def _pieces(words: Sequence[str], same: Collection[int]) -> Iterator[Piece]:
    """Yield the words joined into pieces: marked but at the places `same`, white space before a mark left out."""
    for is_marked, places in groupby(range(len(words)), key=lambda at: at not in same and not words[at].isspace()):
        text = "".join(words[at] for at in places)
        bare = text.lstrip() if is_marked else text
        if len(bare) < len(text):
            yield text[: -len(bare)], False
        yield bare, is_marked
