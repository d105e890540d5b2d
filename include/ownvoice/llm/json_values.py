"""Reading JSON that an outside system wrote: any value may be of any type."""

from __future__ import annotations

from typing import Any, TypeGuard


def mapping(value: object) -> dict[str, Any]:
    """Return `value` where it is a JSON object, and else one without fields."""
    return value if isinstance(value, dict) else {}


def first(value: object) -> object:
    """Return the first element of a JSON array, or None."""
    return value[0] if isinstance(value, list) and value else None


def is_text(value: object) -> TypeGuard[str]:
    """Whether `value` is a string, not blank, that UTF-8 can encode: a JSON escape may be a lone surrogate."""
    if not isinstance(value, str) or not value.strip():
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
