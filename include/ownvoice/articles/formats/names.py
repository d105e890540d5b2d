"""Values as a source names them: with capital letters or without, along dots, and more than once."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Any

from ownvoice.articles.formats.budget import MAX_NAMES, refuse_more
from ownvoice.articles.formats.opened import Fields


def folded(name: str) -> str:
    """Return a name without capitals, and without the blanks and the byte order mark that tables leave around it."""
    return name.strip(" \t\xa0\u200b\u2060\ufeff").casefold()


def values_at(fields: Fields, name: str) -> list[Any]:
    """Return all values of `name` but None, those of the name as it is spelled first, then those with other capitals.

    A name that is not there is taken as a path of names joined by dots, which leads into objects and into each object
    of a list. Raises `UnreadableError` where an object has more than `MAX_NAMES` names.
    """
    found = _values(fields, name)
    if found or "." not in name:
        return found
    found = [fields]
    for part in name.split("."):
        found = [value for one in found for inner in _items(one) for value in _values(inner, part)]
    return found


def all_values(pairs: Collection[tuple[str, Any]]) -> dict[str, Any]:
    """Return names with their values; a name that stands more than once has the list of them, where they differ."""
    whole = dict(pairs)
    if len(whole) == len(pairs):
        return whole
    found: dict[str, list[Any]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return {
        name: several[0] if all(one == several[0] for one in several) else several for name, several in found.items()
    }


def text_of(value: Any) -> str:
    """Return a plain value as text; nothing for an empty cell, which some tables spell as NaN."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value).strip()


def texts_of(value: Any) -> list[str]:
    """Return the texts of a plain value, or of those in a list, without the empty ones; none for anything else."""
    return [text for one in _items(value) if not isinstance(one, (Mapping, list)) and (text := text_of(one))]


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _values(fields: Any, name: str) -> list[Any]:
    if not isinstance(fields, Mapping):
        return []
    refuse_more("names in one object", len(fields), MAX_NAMES)
    wanted = folded(name)
    others = (fields[other] for other in fields if other != name and folded(str(other)) == wanted)
    return [value for value in (fields.get(name), *others) if value is not None]
