"""One pair: what differs between its two answers, and where the chosen one stands in the original article."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any

from ownvoice.errors import StorageError
from ownvoice.pairs.staging import Row
from ownvoice.reports.excerpt import excerpt
from ownvoice.storage.lake import Lake

Piece = tuple[str, bool]  # a text, and whether it is marked

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_MAX_TOKENS = 3_000  # comparing takes the square of it
_CONTEXT_CHARS = 1_500


def pair_page(lake: Lake, pair: Row, *, whole_article: bool = False) -> dict[str, Any]:
    """Return what there is to see of `pair`; where its original is lost, `original` is the sentence that says so."""
    chosen, rejected = differences(pair["chosen"], pair["rejected"])
    found = {"pair": pair, "chosen": chosen, "rejected": rejected, "whole_article": whole_article}
    try:
        text = lake.original(pair["article_sha256"])
    except StorageError as error:
        return found | {"original": None, "lost": str(error), "chars": 0}
    spans = [(span["start"], span["end"]) for span in pair["spans"]]
    context = len(text) if whole_article else _CONTEXT_CHARS
    return found | {"original": _original(text, spans, context), "lost": None, "chars": len(text)}


def differences(chosen: str, rejected: str) -> tuple[list[Piece], list[Piece]]:
    """Return both answers in pieces, words that the other does not have marked; very long ones are left unmarked."""
    left, right = _TOKEN.findall(chosen), _TOKEN.findall(rejected)
    if max(len(left), len(right)) > _MAX_TOKENS:
        return [(chosen, False)], [(rejected, False)]
    blocks = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
    sides = ([(one.a, one.size) for one in blocks], [(one.b, one.size) for one in blocks])
    return list(_pieces(left, sides[0])), list(_pieces(right, sides[1]))


def _original(text: str, spans: Sequence[tuple[int, int]], context_chars: int) -> list[Piece]:
    parts = excerpt(text, spans, context_chars)
    return [(part.text if part.kind != "gap" else " … ", part.kind == "quoted") for part in parts]


def _pieces(tokens: Sequence[str], same: Sequence[tuple[int, int]]) -> Iterator[Piece]:
    """Yield the tokens joined into pieces; `same` are (start, length) of what both sides have, in order."""
    at = 0
    for start, length in same:
        for piece, is_marked in ((tokens[at:start], True), (tokens[start : start + length], False)):
            if piece:
                text = "".join(piece)
                yield text, is_marked and bool(text.strip())
        at = start + length
