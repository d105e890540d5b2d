"""The keys that takedowns write in the lake; `layout.py` has the others."""

from __future__ import annotations

import re

TOMBSTONES = "tombstones"
STONES = f"{TOMBSTONES}/stones"  # one for each takedown, in salted hashes
SALT = f"{TOMBSTONES}/salt"  # of the hashes in the tombstones; once a lake
MET = f"{TOMBSTONES}/met.json"  # which objects of the source hold what is refused, so that they are not read again
TAKEDOWNS = "takedowns"  # a folder for each takedown
WITHDRAWN = "withdrawn"  # what each takedown took out of every committed version, as counts and sums

_RUN = "takedown-"
_IS_RUN = re.compile(rf"{_RUN}[0-9a-f]{{16}}")


def tombstone_key(takedown_id: str) -> str:
    """Return the key of the tombstone of a takedown."""
    return f"{STONES}/{takedown_id}.json"


def withdrawn_key(takedown_id: str) -> str:
    """Return the key of what a takedown took out of every committed version."""
    return f"{WITHDRAWN}/{takedown_id}.json"


def takedown_run_id(takedown_id: str) -> str:
    """Return the id under which a takedown holds the lake and commits, as a run does."""
    return f"{_RUN}{takedown_id}"


def is_of_takedown(run_id: str) -> bool:
    """Whether a takedown committed under this id, and no refresh."""
    return _IS_RUN.fullmatch(run_id) is not None


class TakedownKeys:
    """The keys of a takedown's own folder; a file is an attribute."""

    def __init__(self, takedown_id: str) -> None:
        self.folder = folder = f"{TAKEDOWNS}/{takedown_id}"
        self.record = f"{folder}/record.json"  # what was asked and decided, the steps that are done, what each came to
        self.found = f"{folder}/found.json"  # what goes, by id; deleted when the takedown is done
        self.sought = f"{folder}/sought.runs"  # the runs that the search looks for, as numbers; deleted as well
