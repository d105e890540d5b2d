"""Reading JSON that an outside system wrote: any value may be of any type."""

from __future__ import annotations

from typing import Any, TypeGuard

MAX_COUNT = 100_000_000
"""Above any model's context, and far below what a column of the tables can hold."""


def mapping(value: object) -> dict[str, Any]:
    """Return `value` where it is a JSON object, and else one without fields."""
    return value if isinstance(value, dict) else {}


def first(value: object) -> object:
    """Return the first element of a JSON array, or None."""
    return value[0] if isinstance(value, list) and value else None


def count(value: object) -> int:
    """Return a count of tokens; 0, which says nothing, where it is no whole number from 0 to `MAX_COUNT`."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MAX_COUNT:
        return 0
    return int(value) if value == int(value) else 0


def is_text(value: object) -> TypeGuard[str]:
    """Whether `value` is a string, not blank, that UTF-8 can encode: a JSON escape may be a lone surrogate."""
    if not isinstance(value, str) or not value.strip():
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
