"""What the triples of a refresh are worth as data. Pure: from counts, as a row of `tables/runs` has them."""

from __future__ import annotations

from ownvoice.dataset.verdicts import Worth

THIN_SHARE = 0.25
"""Share of the triples below which a night is thin: half of what the run of chapter 6 kept (1,467 of 2,970)."""


def worth(triples: int, kept: int, audits_warning: int) -> Worth:
    """Return what a night's data is worth.

    In this order: `nothing_new` where there was no triple, `worthless` where none became a pair, `thin` where few did,
    `doubtful` where an audit warns, else `usable`.
    """
    if not triples:
        return "nothing_new"
    if not kept:
        return "worthless"
    if kept / triples < THIN_SHARE:
        return "thin"
    return "doubtful" if audits_warning else "usable"
