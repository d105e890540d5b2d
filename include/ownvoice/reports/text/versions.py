"""Dataset versions, and what a verification found, as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ownvoice.dataset.verify import Verification
from ownvoice.storage.versions import DatasetVersion
from ownvoice.terminal import wrapped


def version_lines(versions: Iterable[DatasetVersion]) -> Iterator[str]:
    """Yield a table of versions, oldest first, each with its run in a line of its own."""
    yield f"{'version':>7}  {'refresh date':12}  {'pairs':>9}  {'added':>9}  {'retired':>9}  digest"
    for one in versions:
        yield (
            f"{one.number:>7}  {one.refresh_date!s:12}  {one.pairs:>9}  {one.added:>9}  {one.retired:>9}  "
            f"{one.digest[:16]}"
        )
        left_out = f", {one.left_out:,} pairs left out" if one.selection else ""
        yield from wrapped(f"{'':9}{one.run_id}{left_out}", indent=9)
        if one.rejected_sentence:
            yield from wrapped(f"{'':9}{one.rejected_sentence}", indent=9)


def verification_lines(found: Verification) -> Iterator[str]:
    """Yield what a verification found."""
    if found.passed and not found.pairs:
        yield f"version {found.version} holds no pairs: there is nothing to prove"
        return
    if found.passed:
        yield from wrapped(
            f"version {found.version}: all {found.pairs} pairs are verbatim in their originals, the digest matches, "
            "the tables agree, no cluster lies on both sides of the split"
        )
        if found.withdrawn:
            yield from wrapped(
                f"  {found.withdrawn} more pairs were withdrawn by takedown; with the sum that was kept of them the "
                "rows give the digest that was committed",
                indent=4,
            )
        return
    yield f"version {found.version} is NOT what it says it is:"
    for fault in (*found.faults, *(f"pair {pair_id}: {fault}" for pair_id, fault in found.failed.items())):
        yield from wrapped(f"  {fault}", indent=4)
    if not found.digest_matches:
        yield "  the rows do not give the digest that was committed"
    for key in found.clusters_on_both_sides:
        yield from wrapped(f"  cluster {key} is on both sides of the split", indent=4)
