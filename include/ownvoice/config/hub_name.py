"""The name of a repository on the Hub, by the rules of the Hub itself. Pure."""

from __future__ import annotations

import re

_PART = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]{0,94}[A-Za-z0-9_])?")


def hub_name_fault(name: str) -> str | None:
    """Return why `name` is no `owner/name` of the Hub, as the end of a sentence; None where it is one."""
    parts = name.split("/")
    if len(parts) == 2 and all(map(_PART.fullmatch, parts)):
        if "--" in name or ".." in name or name.endswith(".git"):
            return f"{name!r} is no name on the Hub, which takes neither `--` nor `..` nor `.git` at the end"
        return None
    return (
        f"{name!r} is no repository of the Hub: write owner/name, each of up to 96 letters, digits, `-`, `_` and `.`, "
        "the first and the last neither `-` nor `.`"
    )
