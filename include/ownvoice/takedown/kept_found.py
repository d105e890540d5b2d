"""What a takedown keeps while it is at work: what it found, by id, and what it searches for, as numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ownvoice.storage.lake import Lake
from ownvoice.storage.takedown_keys import TakedownKeys
from ownvoice.takedown.found import Found
from ownvoice.takedown.search.needles import Needles
from ownvoice.takedown.sought import Sought, pack, unpack


def keep_found(lake: Lake, takedown_id: str, found: Found, sought: Sought) -> None:
    """Keep what was found and what is searched for until the takedown is done."""
    keys, needles = TakedownKeys(takedown_id), sought.needles
    lake.store.write(keys.sought, pack(needles))
    names = {"names": sorted(needles.names), "values": sorted(needles.values)}
    lake.write_json(keys.found, {**_plain(asdict(found)), **names})


def kept_found(lake: Lake, takedown_id: str) -> tuple[Found, Needles] | None:
    """Return what `keep_found` kept; None where it was forgotten, or never kept whole."""
    keys = TakedownKeys(takedown_id)
    stored, runs = lake.read_json(keys.found), lake.store.read(keys.sought)
    if stored is None or runs is None:
        return None
    names, values = frozenset(stored.pop("names")), frozenset(stored.pop("values"))
    return _found(stored), Needles(unpack(runs), names, values)


def _plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in fields.items()}


def _found(stored: dict[str, Any]) -> Found:
    rows = {table: {int(number): count for number, count in by.items()} for table, by in stored.pop("rows").items()}
    copies = stored.pop("near_copies")
    return Found(rows=rows, near_copies=copies, **{name: frozenset(value) for name, value in stored.items()})
