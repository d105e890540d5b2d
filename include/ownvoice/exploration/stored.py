"""Explorations in the lake: one object for each dataset version, made again where it is missing or not of it."""

from __future__ import annotations

from ownvoice.exploration.explored import METHOD, Exploration
from ownvoice.storage.explored_keys import explored_key
from ownvoice.storage.lake import Lake
from ownvoice.storage.versions import DatasetVersion


def write_exploration(lake: Lake, found: Exploration) -> None:
    """Put an exploration in its place."""
    lake.write_json(explored_key(found.version), found.model_dump(mode="json"))


def read_exploration(lake: Lake, version: DatasetVersion) -> Exploration | None:
    """Return what was found out about a version; None where nothing was, or of other rows, or by another method.

    Raises `DamagedError` where it cannot be read.
    """
    found = lake.read_record(explored_key(version.number), Exploration.model_validate)
    is_of_it = found is not None and (found.digest, found.method) == (version.digest, METHOD)
    return found if is_of_it else None
