"""The sample of a round: the items that people are shown, each a pair of a dataset version or made from two."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

import pyarrow as pa
from pydantic import BaseModel, ConfigDict

from ownvoice.errors import DamagedError, SettingsError
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import REVIEWS
from ownvoice.storage.review_keys import ReviewKeys, round_key
from ownvoice.storage.rows import Span

Kind = Literal["random", "flip", "gold", "repeat"]

_SAMPLE = pa.schema(
    [
        ("item_id", pa.string()),
        ("pair_id", pa.string()),
        ("prompt", pa.string()),
        ("chosen", pa.string()),
        ("rejected", pa.string()),
        ("article_id", pa.string()),
        ("article_sha256", pa.string()),
        ("author_id", pa.string()),
        ("spans", pa.list_(pa.struct([("start", pa.int64()), ("end", pa.int64())]))),
        ("stratum", pa.string()),
        ("kind", pa.string()),
        ("doubled", pa.bool_()),
        ("position", pa.int64()),
    ]
)


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One item of a round.

    `chosen` stands at `spans` of the original `article_sha256`. `stratum` is author, kind of instruction and length,
    in words. A `flip` is an item that judges disagree about, a `gold` one has the answer to another prompt as its
    rejected answer, and a `repeat` shows a pair of the round again. A `doubled` one is to be answered by two people.
    What `kind` and `doubled` say is not for reviewers before they have answered.
    """

    item_id: str
    pair_id: str
    prompt: str
    chosen: str
    rejected: str
    article_id: str
    article_sha256: str
    author_id: str
    spans: list[Span]
    stratum: str
    kind: Kind
    doubled: bool
    position: int


class Closed(BaseModel):
    """How a round ended: `folded` into decisions, or `rejected` by a person, so that nothing follows from it."""

    model_config = ConfigDict(frozen=True)

    how: Literal["folded", "rejected"]
    by: str
    at: dt.datetime


class ReviewRound(BaseModel):
    """What a round is: `drawn` counts its items by kind, `notes` has a sentence for each thing that was wanted.

    `closed` is how it ended; None while it can be answered.
    """

    model_config = ConfigDict(frozen=True)

    round: str
    dataset_version: int
    author_id: str | None = None
    guideline_version: str
    size: int
    drawn: dict[Kind, int]
    doubled: int
    notes: tuple[str, ...] = ()
    at: dt.datetime
    closed: Closed | None = None

    @property
    def is_open(self) -> bool:
        """Whether it can be answered."""
        return self.closed is None

    @property
    def items(self) -> int:
        """How many items it has."""
        return sum(self.drawn.values())


def write_sample(lake: Lake, made: ReviewRound, rows: Iterable[SampleRow]) -> ReviewRound:
    """Write a round down, unless it is there; return the one that is: what people answer never changes under them."""
    keys = ReviewKeys(made.round)
    if found := find_round(lake, made.round):
        return found
    lake.write_rows(keys.sample, pa.Table.from_pylist([asdict(row) for row in rows], schema=_SAMPLE))
    lake.store.create(keys.round, made.model_dump_json(indent=1, exclude={"closed"}).encode())
    return read_round(lake, made.round)


def read_sample(lake: Lake, round_name: str) -> list[SampleRow]:
    """Return the items of a round by position. Raises `SettingsError` where there is no such round."""
    read_round(lake, round_name)
    table = lake.read_rows(ReviewKeys(round_name).sample, _SAMPLE)
    found = [] if table is None else [SampleRow(**row) for row in table.to_pylist()]
    return sorted(found, key=lambda row: row.position)


def find_round(lake: Lake, round_name: str) -> ReviewRound | None:
    """Return a round; None where there is none of that name. Raises `DamagedError` where it cannot be read."""
    keys = ReviewKeys(round_name)
    found = lake.read_record(keys.round, ReviewRound.model_validate)
    if found is None or found.round != round_name:
        return None
    return found.model_copy(update={"closed": lake.read_record(keys.closed, Closed.model_validate)})


def read_round(lake: Lake, round_name: str) -> ReviewRound:
    """As `find_round`. Raises `SettingsError` where there is none."""
    if found := find_round(lake, round_name):
        return found
    raise SettingsError(
        f"{lake.uri} holds no round of review {round_name!r}. `ownvoice review list` shows what is there; "
        "trigger the DAG review_pairs to begin one."
    )


def rounds(lake: Lake, faults: list[str] | None = None) -> list[ReviewRound]:
    """Return every round, newest first; one that cannot be read adds a sentence to `faults`."""
    found: list[ReviewRound] = []
    for folder in lake.store.folders(REVIEWS):
        try:
            stored: Any = lake.read_json(round_key(folder))
            if isinstance(stored, dict) and (one := find_round(lake, str(stored.get("round")))):
                found.append(one)
        except DamagedError as error:
            if faults is not None:
                faults.append(str(error))
    return sorted(found, key=lambda one: one.at, reverse=True)


def close_round(lake: Lake, round_name: str, closed: Closed) -> ReviewRound:
    """End a round unless it has ended; return it as it is then."""
    read_round(lake, round_name)
    lake.store.create(ReviewKeys(round_name).closed, closed.model_dump_json(indent=1).encode())
    return read_round(lake, round_name)
