"""`/pair`: one pair, the differences between its two answers, and the place of the chosen one in its article."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import TypedDict

from ownvoice.errors import StorageError
from ownvoice.reports.excerpt import excerpt
from ownvoice.storage.conditions import equals
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.rows import PairRow
from ownvoice.storage.versions import find_version

Piece = tuple[str, bool]
"""A text, and whether it is marked."""

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_MAX_TOKENS = 3_000  # the time of a comparison grows with the square of it
_CONTEXT_CHARS = 1_500


class PairPage(TypedDict):
    """One pair of a version. `chosen` and `rejected` come in pieces, words of one side only marked.

    `original` is the article, `chars` characters long, or the part around the chosen words, which are marked; where the
    article cannot be read, `original` is empty and `original_lost` says why.
    """

    version: int
    pair: PairRow
    chosen: Sequence[Piece]
    rejected: Sequence[Piece]
    original: Sequence[Piece]
    original_lost: str
    chars: int
    whole_article: bool


def pair_page(lake: Lake, number: int, date: dt.date, pair_id: str, *, whole_article: bool = False) -> PairPage | None:
    """Return one pair of version `number`, by its refresh date and id; None where the version holds no such pair."""
    pair = _find_pair(lake, number, date, pair_id)
    if pair is None:
        return None
    chosen, rejected = differences(pair["chosen"], pair["rejected"])
    article, lost = _article(lake, pair)
    context_chars = len(article) if whole_article else _CONTEXT_CHARS
    return {
        "version": number,
        "pair": pair,
        "chosen": chosen,
        "rejected": rejected,
        "original": _marked(article, pair, context_chars) if article else [],
        "original_lost": lost,
        "chars": len(article),
        "whole_article": whole_article,
    }


def differences(chosen: str, rejected: str) -> tuple[list[Piece], list[Piece]]:
    """Return both answers in pieces, words that the other does not have marked; very long ones are left unmarked."""
    left, right = _TOKEN.findall(chosen), _TOKEN.findall(rejected)
    if max(len(left), len(right)) > _MAX_TOKENS:
        return [(chosen, False)], [(rejected, False)]
    blocks = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
    sides = ([(one.a, one.size) for one in blocks], [(one.b, one.size) for one in blocks])
    return list(_pieces(left, sides[0])), list(_pieces(right, sides[1]))


def _find_pair(lake: Lake, number: int, date: dt.date, pair_id: str) -> PairRow | None:
    version = find_version(lake, number)
    if version is None:
        return None
    batches = scan(lake.table("pairs", version.number), where=equals(refresh_date=date, pair_id=pair_id))
    return next((row for batch in batches for row in batch.to_pylist()), None)


def _article(lake: Lake, pair: PairRow) -> tuple[str, str]:
    """Return the text of the pair's article, or why it cannot be read; the other one is empty."""
    try:
        return lake.original(pair["article_sha256"]), ""
    except StorageError as error:
        return "", str(error)


def _marked(article: str, pair: PairRow, context_chars: int) -> list[Piece]:
    spans = [(span["start"], span["end"]) for span in pair["spans"]]
    parts = excerpt(article, spans, context_chars)
    return [(part.text if part.kind != "gap" else " … ", part.kind == "quoted") for part in parts]


def _pieces(tokens: Sequence[str], same: Sequence[tuple[int, int]]) -> Iterator[Piece]:
    """Yield the tokens joined into pieces; `same` are (start, length) of those that both sides have, in order."""
    at = 0
    for start, length in same:
        for piece, is_marked in ((tokens[at:start], True), (tokens[start : start + length], False)):
            if piece:
                text = "".join(piece)
                yield text, is_marked and bool(text.strip())
        at = start + length
