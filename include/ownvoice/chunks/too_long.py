"""Chunks that were too long for a model's context: noted when an endpoint says so, cut in two by the next plan."""

from __future__ import annotations

from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import too_long_key


def note_too_long(lake: Lake, recipe_id: str, chunk_key: str) -> None:
    """Note that a chunk was too long for a recipe's model. To note it twice changes nothing."""
    lake.store.create(f"{too_long_key(recipe_id)}/{chunk_key}", b"")


def too_long_chunks(lake: Lake, recipe_id: str) -> frozenset[str]:
    """Return the keys of all chunks that were too long for a recipe's model; if they are many, mend the recipe."""
    return frozenset(found.key.rsplit("/", 1)[-1] for found in lake.store.objects(too_long_key(recipe_id)))
