"""A lake with one committed dataset version of small pairs, written without a refresh."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from ownvoice.articles.table import ArticleRow, to_rows
from ownvoice.dataset.digest import digest_of, lattice_of, to_text
from ownvoice.storage.lake import Lake
from ownvoice.storage.tables import PAIRS
from ownvoice.storage.versions import RECORD, DatasetVersion

WHEN = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)


def pair(number: int, split: str) -> dict[str, Any]:
    """Return a row whose rejected answer says the same in a stiff way."""
    thing = ("bread", "a ferry", "the ledger", "rain", "a bicycle")[number % 5]
    texts = {
        "pair_id": f"{number:04}",
        "prompt": f"Say something about {thing}, number {number}.",
        "chosen": f"I like {thing}. It’s been {number} years.",
        "rejected": f"It is important to note that {thing} is a thing.",
        "split": split,
    }
    empty = {name: "x" for name in PAIRS.names if PAIRS.field(name).type == pa.string()}
    others = {"spans": [{"start": 0, "end": 1}], "exact": True, "refresh_date": WHEN.date()}
    nulls = dict.fromkeys(("selected_reason", "rejected_source", "review_id")) | {"provenance_class": "verbatim"}
    return dict.fromkeys(PAIRS.names) | empty | texts | others | nulls


def commit_pairs(
    lake: Lake,
    rows: list[dict[str, Any]],
    recorded: list[dict[str, Any]] | None = None,
    articles: Sequence[ArticleRow] = (),
) -> int:
    """Commit `rows` as a version, under the digest of `recorded` where that is given; return its number."""
    from deltalake import CommitProperties, write_deltalake

    for side_table in ("articles", "chunks"):
        lake.table_for_writing(side_table)
    if articles:
        write_deltalake(lake.table_for_writing("articles"), to_rows(articles), mode="append")
    articles_version = lake.table_for_writing("articles").version()

    lattice = lattice_of(rows if recorded is None else recorded)
    version = DatasetVersion(
        0,
        "a-night",
        WHEN.date(),
        WHEN,
        len(rows),
        len(rows),
        0,
        digest_of(lattice),
        to_text(lattice),
        articles_version,
        0,
    )
    table = lake.table_for_writing("pairs")
    properties = CommitProperties(custom_metadata={RECORD: version.as_record()})
    write_deltalake(table, pa.Table.from_pylist(rows, schema=PAIRS), mode="append", commit_properties=properties)
    committed = lake.table("pairs")
    assert committed is not None
    return int(committed.version())


def left_out(rows: list[dict[str, Any]], *places: int) -> list[dict[str, Any]]:
    """Return rows of a balanced version: those at `places` are not selected."""
    said = ({"selected": True}, {"selected": False, "selected_reason": "length"})
    return [row | said[place in places] for place, row in enumerate(rows)]


def small_dataset(train: int = 40, test: int = 8) -> list[dict[str, Any]]:
    """Return rows of both splits."""
    return [pair(number, "train" if number < train else "test") for number in range(train + test)]
