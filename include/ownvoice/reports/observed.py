"""What one refresh says about itself that a person may have to look at, before it is compared with other nights. Pure.

A subject that a night did not look at is not among what it observed: a night without chunks says nothing of dead ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ownvoice.dataset.refresh_report import RefreshReport, ReportedAudit
from ownvoice.reports.advice import commonest
from ownvoice.reports.formats import percent, words
from ownvoice.reports.worth import THIN_SHARE

KEPT_SHARE = "kept_share"
MUCH_OF_DEAD_SHARE = 0.02
"""By how much the share of dead chunks must grow to be raised again: two percentage points."""
_MUCH_OF_A_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Observed:
    """One subject of a night: whether it warns, by how much, and by how much more it would be much worse.

    `excess` is how far it is past its threshold; below zero, how far it is from it; None where no number says so.
    `things` are what it is made of where each has a name: one that was not there before is new, whatever the number.
    """

    name: str
    of: Literal["night", "data"]
    warns: bool
    sentence: str
    advice: str = ""
    excess: float | None = None
    much: float = _MUCH_OF_A_SHARE
    things: frozenset[str] = frozenset()


def observed(report: RefreshReport) -> dict[str, Observed]:
    """Return everything that a refresh looked at, by name."""
    return {one.name: one for one in (*_of_night(report), *_of_data(report))}


def _of_night(report: RefreshReport) -> Iterator[Observed]:
    yield _quarantined(report)
    if chunks := report.chunks.total:
        yield _failed_batches(report)
        yield _dead_chunks(report, report.chunks.dead / chunks)


def _of_data(report: RefreshReport) -> Iterator[Observed]:
    if report.triples.total:
        yield _kept_share(report, report.triples.kept / report.triples.total)
    yield from (_audited(one) for one in report.audits if one.value is not None or one.verdict == "warn")


def _quarantined(report: RefreshReport) -> Observed:
    found = report.quarantined
    reasons = ", ".join(sorted({words(one.reason) for one in found}))
    return Observed(
        "quarantined",
        "night",
        warns=bool(found),
        sentence=f"{len(found):,} {'object or article' if len(found) == 1 else 'objects or articles'} of the source "
        f"could not be read ({reasons}).",
        advice="Correct them in the source: the next run reads them. Nothing else is affected.",
        things=frozenset(f"{one.source_key} ({words(one.reason)})" for one in found),
    )


def _failed_batches(report: RefreshReport) -> Observed:
    failed = report.failed_batches
    return Observed(
        "failed_batches",
        "night",
        warns=bool(failed),
        sentence=f"{len(failed):,} {'batch' if len(failed) == 1 else 'batches'} failed ({', '.join(failed)}).",
        advice="Their chunks wait for the next run; to ask now, clear the tasks.",
        things=frozenset(f"{report.run_id} {name}" for name in failed),  # each night's failure is one of its own
    )


def _dead_chunks(report: RefreshReport, share: float) -> Observed:
    chunks = report.chunks
    return Observed(
        "dead_chunks",
        "night",
        warns=chunks.dead > 0,
        sentence=f"{chunks.dead:,} of {chunks.total:,} chunks {'is' if chunks.dead == 1 else 'are'} dead "
        f"({percent(share)}).",
        advice="`ownvoice chunks --state dead` lists them, with the reasons and what to do.",
        excess=round(share, 4) if chunks.dead else None,
        much=MUCH_OF_DEAD_SHARE,
    )


def _kept_share(report: RefreshReport, share: float) -> Observed:
    triples = report.triples
    most = advice = ""
    for name, count, found in commonest(triples.dropped, 1):
        most, advice = f"; most were dropped as {words(name)} ({count:,})", found.what_to_do
    return Observed(
        KEPT_SHARE,
        "data",
        warns=share < THIN_SHARE,
        sentence=f"{triples.kept:,} of {triples.total:,} triples became pairs ({percent(share)}){most}.",
        advice=advice,
        excess=round(THIN_SHARE - share, 4),
        things=frozenset() if triples.kept else frozenset({report.run_id}),  # paid for in vain: new every night
    )


def _audited(audit: ReportedAudit) -> Observed:
    past = None if audit.value is None else round(abs(audit.value - audit.threshold), 4)
    return Observed(
        f"{audit.name} of {audit.subject}",
        "data",
        warns=audit.verdict == "warn",
        sentence=audit.sentence,
        advice=audit.advice,
        excess=past if past is None or audit.verdict == "warn" else -past,
        much=audit.much,
    )
