"""What pydantic finds wrong with given values, as one sentence for people."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, ValidationError

from ownvoice.errors import SettingsError


def settings_error(error: ValidationError, prefix: str = "") -> SettingsError:
    """Return an error whose message names every problem at once.

    With a `prefix`, fields are named like the environment variables that hold them. Values are shown: no setting or
    recipe field holds a key.
    """
    return SettingsError("; ".join(problems_in(error, prefix)) + ". Correct them and run again.")


def problems_in(error: ValidationError, prefix: str = "") -> Iterator[str]:
    """Yield one clause for each problem: the field, its value, and why it is refused."""
    for one in error.errors():
        message = one["msg"].removeprefix("Value error, ")
        message = message[0].lower() + message[1:]
        path = "__".join(str(part) for part in one["loc"])
        name = prefix + path.upper() if prefix else path
        # The input of a missing field, or of several that do not fit together, is all of them: too much to show.
        if isinstance(one["input"], (dict, BaseModel)):
            yield f"{name}: {message}" if path else message
        else:
            yield f"{name} is {one['input']!r}: {message}"
