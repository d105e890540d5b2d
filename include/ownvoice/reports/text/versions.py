"""Dataset versions, and what a verification found, as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ownvoice.dataset.verify import Verification
from ownvoice.storage.versions import DatasetVersion
from ownvoice.terminal import printable


def version_lines(versions: Iterable[DatasetVersion]) -> Iterator[str]:
    """Yield a table of versions, oldest first."""
    yield f"{'version':>7}  {'refresh date':12}  {'pairs':>7}  {'added':>7}  {'retired':>7}  {'digest':16}  run"
    for one in versions:
        yield (
            f"{one.number:>7}  {one.refresh_date!s:12}  {one.pairs:>7}  {one.added:>7}  {one.retired:>7}  "
            f"{one.digest[:16]}  {one.run_id}"
        )


def verification_lines(found: Verification) -> Iterator[str]:
    """Yield what a verification found."""
    if found.passed and not found.pairs:
        yield f"version {found.version} holds no pairs: there is nothing to prove"
        return
    if found.passed:
        yield (
            f"version {found.version}: all {found.pairs} pairs are verbatim in their originals, the digest matches,\n"
            "the tables agree, no cluster lies on both sides of the split"
        )
        return
    yield f"version {found.version} is NOT what it says it is:"
    yield from (f"  {printable(fault)}" for fault in found.faults)
    yield from (f"  pair {pair_id}: {printable(fault)}" for pair_id, fault in found.failed.items())
    if not found.digest_matches:
        yield "  the rows do not give the digest that was committed"
    yield from (f"  cluster {printable(key)} is on both sides of the split" for key in found.clusters_on_both_sides)
