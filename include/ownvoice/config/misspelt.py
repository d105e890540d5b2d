"""Environment variables that look like a setting and are none: taken in silence, they would leave a budget unset."""

from __future__ import annotations

import os
from collections.abc import Collection
from difflib import get_close_matches

from ownvoice.errors import SettingsError

_NEAR = 0.85  # one letter wrong, missing or too many in a name of seven


def refuse_misspelt(prefix: str, fields: Collection[str], *, but: str | None = None) -> None:
    """Raise `SettingsError` where the environment has a variable that is nearly the name of one of `fields`.

    Other variables with the prefix are not ours to judge; those that begin with `but` are another module's settings.
    """
    names = [field.upper() for field in fields]
    problems = []
    for variable in sorted(os.environ):
        if not variable.startswith(prefix) or (but and variable.startswith(but)):
            continue
        name = variable.removeprefix(prefix).partition("__")[0].upper()
        if name not in names and (near := get_close_matches(name, names, 1, _NEAR)):
            problems.append(f"{variable} is no setting; did you mean {prefix}{near[0]}?")
    if problems:
        raise SettingsError(" ".join(problems) + " Correct the names and run again.")
