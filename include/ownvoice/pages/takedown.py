"""`/takedown`: every takedown, and the record of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from ownvoice.storage.lake import Lake
from ownvoice.takedown.plan import NOT_REACHED
from ownvoice.takedown.record import TakedownRecord, read_takedown, takedowns


class TakedownsPage(TypedDict):
    """Every takedown, the newest first."""

    records: Sequence[TakedownRecord]


class TakedownPage(TypedDict):
    """The record of one takedown, and what no takedown reaches."""

    record: TakedownRecord
    not_reached: Sequence[str]


def takedowns_page(lake: Lake) -> TakedownsPage:
    """Return the takedowns of a lake."""
    return {"records": list(takedowns(lake))[::-1]}


def takedown_page(lake: Lake, takedown_id: str) -> TakedownPage | None:
    """Return a takedown, or None where there is none of that id."""
    record = read_takedown(lake, takedown_id)
    return {"record": record, "not_reached": NOT_REACHED} if record else None
