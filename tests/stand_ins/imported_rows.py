"""Rows of `tables/imported` as an import leaves them, written without one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from ownvoice.storage.lake import Lake
from ownvoice.storage.tables import IMPORTED
from stand_ins.pair_lake import WHEN

THINGS = ("harbour", "sourdough", "compiler", "orchard", "glacier", "violin", "tram", "lantern", "beehive", "atlas")


def imported_row(number: int, name: str = "capybara", **columns: Any) -> dict[str, Any]:
    """Return a pair of two turns that says something of its own for each number up to 99."""
    thing = f"{THINGS[number % 10]} {THINGS[number // 10 % 10]}"
    turns = [("user", f"Tell me of the {thing}."), ("assistant", f"The {thing} is old."), ("user", f"Why, {number}?")]
    texts = {
        "row_id": f"{name}-{number:03}",
        "set": name,
        "revision": "0123456789abcdef",
        "licence": "apache-2.0",
        "provenance_class": "model_preference",
        "prompt_messages": [{"role": role, "content": text} for role, text in turns],
        "chosen": f"Because the {thing} was there first.",
        "rejected": f"I cannot say why the {thing} is old.",
    }
    empty = {one.name: "x" for one in IMPORTED if one.type == pa.string()}
    others = {"source_row": number, "score_margin": None, "imported_at": WHEN, "person": None, "author_id": None}
    return empty | others | texts | columns


def lone_thumb(number: int, *, is_wanted: bool, name: str = "feedback") -> dict[str, Any]:
    """Return a row with one answer alone."""
    other = {"rejected": None} if is_wanted else {"chosen": None}
    return imported_row(number, name, provenance_class="human_preference", **other)


def leave_imported(lake: Lake, rows: Iterable[dict[str, Any]]) -> None:
    """Add rows to the lake's table."""
    from deltalake import write_deltalake

    table = lake.table_for_writing("imported")
    write_deltalake(table, pa.Table.from_pylist(list(rows), schema=IMPORTED), mode="append")
