"""What balancing a version comes to, as text."""

from __future__ import annotations

from collections.abc import Iterator

from ownvoice.pairs.balance.audits import cue_sentence
from ownvoice.storage.selection import Selection
from ownvoice.storage.versions import DatasetVersion
from ownvoice.terminal import wrapped


def balance_lines(version: DatasetVersion, found: Selection) -> Iterator[str]:
    """Yield what the choice would cost, then each cue on each side of the split, before and after it."""
    now = f"{version.left_out:,} are" if version.selection else "the version is not balanced, and none is"
    yield from wrapped(
        f"version {version.number}: {found.left_out:,} of {version.pairs:,} pairs would be left out ({now}), so that "
        f"neither length nor punctuation tells chosen from rejected by more than {found.bound:.2f} (0.50 a coin, 1.00 "
        "certain)"
    )
    for one in found.cues:
        yield from wrapped(f"  {one.cue}, {cue_sentence(one, found.bound)}", indent=4)
