"""Chunks that a model's context did not hold: noted when that is found out, cut in two by the next plan.

too_long/<recipe id>/<chunk key>   a chunk that was too long for this recipe's model
"""

from __future__ import annotations

from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import too_long_key


def note_too_long(lake: Lake, recipe_id: str, chunk_key: str) -> None:
    """Note that a chunk was too long under a recipe. Repeated, it changes nothing."""
    lake.store.create(f"{too_long_key(recipe_id)}/{chunk_key}", b"")


def too_long_chunks(lake: Lake, recipe_id: str) -> frozenset[str]:
    """Return the keys of all chunks that were too long under a recipe; they are few, or the recipe is at fault."""
    return frozenset(found.key.rsplit("/", 1)[-1] for found in lake.store.objects(too_long_key(recipe_id)))
