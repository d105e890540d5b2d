"""The keys of what was found out about dataset versions; part of the layout of the lake."""

from __future__ import annotations

EXPLORED = "explored"
"""Its folder: titles and terms of articles are in it, and all of it can be made again."""


def explored_key(version: int) -> str:
    """Return the key of the topics and the map of a dataset version."""
    return f"{EXPLORED}/{version}/map.json"
