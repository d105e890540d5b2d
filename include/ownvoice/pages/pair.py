"""`/pair`: one pair, the differences between its two answers, and the place of the chosen one in its article."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TypedDict

from ownvoice.pages.differences import Piece, differences
from ownvoice.pages.original import quoted_original
from ownvoice.storage.conditions import equals
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.rows import PairRow
from ownvoice.storage.versions import find_version


class PairPage(TypedDict):
    """One pair of a version. `chosen` and `rejected` come in pieces, words of one side only marked; see `differences`.

    `original` is the article, `chars` characters long, or the part around the chosen words, which are marked; where the
    article cannot be read, `original` is empty and `original_lost` says why.
    """

    version: int
    pair: PairRow
    chosen: Sequence[Piece]
    rejected: Sequence[Piece]
    by_order: bool
    original: Sequence[Piece]
    original_lost: str
    chars: int
    whole_article: bool


def pair_page(lake: Lake, number: int, date: dt.date, pair_id: str, *, whole_article: bool = False) -> PairPage | None:
    """Return one pair of version `number`, by its refresh date and id; None where the version holds no such pair."""
    pair = _find_pair(lake, number, date, pair_id)
    if pair is None:
        return None
    chosen, rejected, by_order = differences(pair["chosen"], pair["rejected"])
    original = quoted_original(lake, pair["article_sha256"], pair["spans"], whole_article=whole_article)
    return {
        "version": number,
        "pair": pair,
        "chosen": chosen,
        "rejected": rejected,
        "by_order": by_order,
        "original": original.pieces,
        "original_lost": original.lost,
        "chars": original.chars,
        "whole_article": whole_article,
    }


def _find_pair(lake: Lake, number: int, date: dt.date, pair_id: str) -> PairRow | None:
    version = find_version(lake, number)
    if version is None:
        return None
    batches = scan(lake.table("pairs", version.number), where=equals(refresh_date=date, pair_id=pair_id))
    return next((row for batch in batches for row in batch.to_pylist()), None)
