"""What became of the further prompts of a night, by kind: a small file a batch, added up for the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ownvoice.config.augment import AugmentKind
from ownvoice.config.run import RefreshRun
from ownvoice.pairs.augment.further import Counts
from ownvoice.storage.lake import Lake


def record_counts(lake: Lake, run: RefreshRun, batch: str, counts: Counts) -> None:
    """Write what became of a batch's further prompts; repeated, it writes the same."""
    lake.write_json(run.keys.augmented(batch), {kind.value: dict(count) for kind, count in counts.items()})


def counts_of_run(lake: Lake, run: RefreshRun, batches: Iterable[str]) -> Counts:
    """Return what became of the further prompts of all batches, in the order of the kinds; empty where none is."""
    found: Counts = {}
    for batch in batches if run.recipe.augment else ():
        for kind, count in (lake.read_json(run.keys.augmented(batch)) or {}).items():
            found.setdefault(AugmentKind(kind), Counter()).update(count)
    return {kind: found[kind] for kind in AugmentKind if kind in found}
