"""Lifting a takedown that was a mistake: what it refuses may come back from the source. What it deleted stays gone."""

from __future__ import annotations

from ownvoice.articles.met import read_again
from ownvoice.articles.tombstones import Tombstone, lift_tombstone, tombstones
from ownvoice.storage.lake import Lake


def lift(lake: Lake, takedown_id: str, because: str) -> Tombstone:
    """Let in again what a takedown refuses, from the next listing on, and record when and why; again: as before.

    Raises `StorageError` where there is no such takedown.
    """
    lifted = lift_tombstone(lake, takedown_id, because)
    read_again(lake, tombstones(lake))
    return lifted
