"""What a bucket keeps beside its live objects: old versions that hold what is withdrawn are removed for good.

Each is looked through, as live objects are: a clean-up of long ago may have left a version that nobody remembers. The
marker of a deletion goes last, and only where nothing is left that it hides. What Object Lock or a legal hold keeps is
named with its date, and is not promised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ownvoice.errors import StorageError
from ownvoice.storage.lake import Lake
from ownvoice.storage.listed import OldVersion
from ownvoice.takedown.scrub.treatments import Treatment, treatment_of
from ownvoice.takedown.search.decode import UndecodedError
from ownvoice.takedown.search.needles import Needles
from ownvoice.takedown.search.objects import met_in_bytes


@dataclass(slots=True)
class Emptied:
    """How many old versions and markers there were, how many went, and why others stay, by key."""

    seen: int = 0
    removed: int = 0
    removed_bytes: int = 0
    left: dict[str, str] = field(default_factory=dict)


def remove_old_versions(lake: Lake, needles: Needles) -> Emptied:
    """Remove the old versions that hold something of what is withdrawn, and unfinished uploads that may.

    Repeated, it removes what is left. A store that lists no versions is named in `left`.
    """
    done = Emptied()
    try:
        _remove(lake, done, lambda old: _holds(lake, old, needles, done))
    except StorageError as error:
        if error.retryable:
            raise
        done.left[lake.uri] = f"its old versions could not be looked through: {error}"
    _discard_unfinished(lake, done)
    return done


def remove_versions_of(lake: Lake, keys: Iterable[str]) -> Emptied:
    """Remove every old version of some objects, whatever they hold."""
    wanted, done = frozenset(keys), Emptied()
    _remove(lake, done, lambda old: old.key in wanted)
    return done


def _remove(lake: Lake, done: Emptied, is_wanted: Callable[[OldVersion], bool]) -> None:
    markers: list[OldVersion] = []
    hidden: set[str] = set()
    emptied: set[str] = set()
    for old in lake.store.old_versions():
        done.seen += 1
        if old.is_marker:
            markers.append(old)
        elif is_wanted(old) and _went(lake, old, done):
            emptied.add(old.key)
        else:
            hidden.add(old.key)
    for marker in markers:
        if marker.key not in hidden and (marker.key in emptied or is_wanted(marker)):
            _went(lake, marker, done)


def _went(lake: Lake, old: OldVersion, done: Emptied) -> bool:
    if why := lake.store.remove_version(old):
        done.left[old.key] = why
        return False
    done.removed += 1
    done.removed_bytes += old.size
    return True


def _holds(lake: Lake, old: OldVersion, needles: Needles, done: Emptied) -> bool:
    if needles.met_in(old.key):
        return True
    if old.is_marker or treatment_of(old.key) is Treatment.ON_PURPOSE:
        return False
    try:
        return bool(met_in_bytes(lake.store.read_version(old) or b"", needles))
    except UndecodedError as error:
        done.left[old.key] = f"an old version could not be looked through: {error}"
        return False


def _discard_unfinished(lake: Lake, done: Emptied) -> None:
    """Abort what writers began and did not end: nobody can read it to see what it holds, and no reader needs it.

    While a takedown holds the lake no refresh writes. A training may: its weights are left to it.
    """
    for one in lake.store.unfinished():
        if treatment_of(one.key.rpartition("#")[0] or one.key) in (Treatment.MODEL, Treatment.UNKNOWN):
            done.left[one.key] = "an upload that has not ended; `ownvoice clean --delete` removes it in a day"
            continue
        lake.store.discard(one)
        done.removed += 1
        done.removed_bytes += one.size
