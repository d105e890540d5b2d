"""Rounds, items and answers that tests begin with."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from ownvoice.reviewing.answers import Choice, ReviewAnswer
from ownvoice.reviewing.order import Side
from ownvoice.reviewing.sample import Kind, ReviewRound, SampleRow, write_sample
from ownvoice.storage.lake import Lake, scan

AT = dt.datetime(2026, 11, 28, tzinfo=dt.UTC)
ROUND = "review_pairs/manual__2026-11-28T00:00:00+00:00"
_numbers = itertools.count()


def a_round(name: str = ROUND, size: int = 2) -> ReviewRound:
    """Return an open round."""
    return ReviewRound(
        round=name,
        dataset_version=1,
        guideline_version="1",
        size=size,
        drawn={"random": size},
        doubled=0,
        at=AT,
    )


def item(
    item_id: str,
    kind: Kind = "random",
    position: int = 0,
    *,
    doubled: bool = False,
    pair_id: str | None = None,
    **columns: Any,
) -> SampleRow:
    """Return an item of a sample."""
    row: dict[str, Any] = {
        "prompt": f"Write about {item_id}.",
        "chosen": f"The author's words on {item_id}.",
        "rejected": f"The model's words on {item_id}.",
        "article_id": "article-1",
        "article_sha256": "0" * 64,
        "author_id": "ann",
        "spans": [{"start": 0, "end": 10}],
        "stratum": "ann, task, short",
    }
    return SampleRow(
        item_id=item_id, pair_id=pair_id or f"pair-{item_id}", kind=kind, doubled=doubled, position=position,
        **(row | columns),
    )  # fmt: skip


def answer(
    item_id: str,
    choice: Choice = "left",
    reviewer: str = "ann",
    number: int = 1,
    *,
    round_name: str = ROUND,
    shown_left: Side = "chosen",
    **fields: Any,
) -> ReviewAnswer:
    """Return an answer with an id of its own, given a minute after the one before."""
    minute = next(_numbers)
    return ReviewAnswer(
        answer_id=f"answer-{minute:08}",
        round=round_name,
        item_id=item_id,
        reviewer=reviewer,
        shown_left=shown_left,
        choice=choice,
        guideline_version="1",
        number=number,
        supersedes=number - 1 or None,
        **({"seconds": 4.0, "at": AT + dt.timedelta(minutes=minute)} | fields),
    )


def round_of_pairs(lake: Lake, name: str, size: int) -> ReviewRound:
    """Write down a round of `size` items, of the newest version's pairs; where there are few, they come again."""
    columns = "pair_id, prompt, chosen, rejected, article_id, article_sha256, author_id, spans"
    batches = scan(lake.table("pairs"), columns)
    pairs = sorted((row for batch in batches for row in batch.to_pylist()), key=lambda row: row["pair_id"])
    rows = [
        item(f"{name}-{place}", position=place, **(pair | {"pair_id": f"{pair['pair_id']}-{place}"}))
        for place, pair in zip(range(size), itertools.cycle(pairs), strict=False)
    ]
    return write_sample(lake, a_round(name, size), rows)
