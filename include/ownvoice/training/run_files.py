"""A reader for the JSON files of a training run that tolerates half-written, damaged and older files."""

from __future__ import annotations

import contextlib
from functools import reduce
from operator import getitem
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from ownvoice.errors import DamagedError
from ownvoice.storage.lake import Lake

T = TypeVar("T")


def read_file(lake: Lake, key: str, kind: type[T], faults: list[str]) -> T | None:
    """Return the object under `key` as a `kind`; None if it is missing or cannot be read.

    Fields that do not fit are left out if `kind` can do without them. Each fault adds one sentence to `faults`.
    """
    try:
        value = lake.read_json(key)
    except DamagedError:
        faults.append(f"{key} is not whole and cannot be read. Run the task that writes it again.")
        return None
    return None if value is None else _validated(value, TypeAdapter(kind), key, faults)


def _validated(value: Any, adapter: TypeAdapter[T], key: str, faults: list[str]) -> T | None:
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        wrong = dict.fromkeys(map(_to_leave_out, error.errors()))
    names = ", ".join(".".join(map(str, path)) for path in wrong if path) or "all of it"
    faults.append(f"{key} is damaged or of another version of Ownvoice: {names} cannot be read.")
    with contextlib.suppress(ValidationError):
        return adapter.validate_python(_without(value, [path for path in wrong if path]))
    return None


def _to_leave_out(error: ErrorDetails) -> tuple[int | str, ...]:
    """Return the path to an unknown field, and of any other fault the path to the whole part that it is in."""
    return error["loc"] if error["type"] == "extra_forbidden" else error["loc"][:1]


def _without(value: Any, paths: list[tuple[int | str, ...]]) -> Any:
    for path in reversed(paths):  # errors come in the order of a list's indexes
        holder = reduce(getitem, path[:-1], value)
        if not isinstance(holder, dict) or path[-1] in holder:  # a field that is missing cannot be left out
            del holder[path[-1]]
    return value
