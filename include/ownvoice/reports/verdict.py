"""Both verdicts on a refresh: the night by what ran, the data by what it is worth. Pure.

A warning is new where the last night that looked at its subject did not have it, or had it much less than tonight;
otherwise it stands. New ones make a night `warn`; standing ones are listed with the night since which they stand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ownvoice.dataset.refresh_report import RefreshReport
from ownvoice.dataset.verdicts import DataVerdict, NightState, NightVerdict, ReportedWarning
from ownvoice.reports.coverage import coverage
from ownvoice.reports.observed import KEPT_SHARE, Observed, observed
from ownvoice.reports.worth import worth

_THINGS_NAMED = 3

_Night = tuple[RefreshReport, dict[str, Observed]]


def judged(report: RefreshReport, earlier: Sequence[RefreshReport] = ()) -> RefreshReport:
    """Return the report with warnings and verdicts; `earlier` are the nights that it is compared with, newest first."""
    seen = observed(report)
    before = [(one, observed(one)) for one in earlier]
    warnings = [_warning(report, one, before) for one in seen.values() if one.warns]
    night = _night(report, warnings)
    data = _data(report, seen, warnings)
    return report.model_copy(update={"night": night, "data": data, "warnings": warnings, "verdict": night.verdict})


def with_verdicts(report: RefreshReport) -> RefreshReport:
    """Return a stored report with verdicts: that of an earlier Ownvoice has none, and is compared with no other."""
    return report if report.night.sentence else judged(report)


def _warning(report: RefreshReport, now: Observed, before: Sequence[_Night]) -> ReportedWarning:
    """Hold a subject against the nights that looked at it or, where it is made of things, that had one of them."""
    first = _first(report, now)
    looked = [(one, seen[now.name]) for one, seen in before if now.name in seen]
    if now.things:
        looked = [(one, seen) for one, seen in looked if now.things & seen.things]
    then = _last_time(looked, now)
    if then is None:
        return first
    come = now.things.difference(*(seen.things for _, seen in looked))
    return _repeated(first, then, now.much, sorted(come))


def _last_time(looked: Sequence[tuple[RefreshReport, Observed]], now: Observed) -> ReportedWarning | None:
    """Return the newest warning; None where a night since then, or every night, was clearly free of it.

    A night that was just below the threshold decides nothing: a number that swings about it is not new every other day.
    """
    for one, seen in looked:
        if seen.warns:
            return next((old for old in one.warnings if old.name == now.name), None) or _first(one, seen)
        if seen.excess is None or seen.excess < -now.much:
            return None
    return None


def _first(report: RefreshReport, now: Observed) -> ReportedWarning:
    return ReportedWarning(
        name=now.name,
        of=now.of,
        sentence=now.sentence,
        advice=now.advice,
        excess=now.excess,
        raised_excess=now.excess,
        is_new=True,
        nights=1,
        since=report.refresh_date,
    )


def _repeated(now: ReportedWarning, then: ReportedWarning, much: float, come: Sequence[str]) -> ReportedWarning:
    """Go on with the warning of an earlier night; `come` are the things that it did not have.

    It is held against the night on which it was last new, so that a slow decline is raised too, and one that swings
    about the same value is not.
    """
    raised = now.excess if then.raised_excess is None else then.raised_excess
    grown = 0.0 if now.excess is None or raised is None else now.excess - raised
    named = f" New: {', '.join(come[:_THINGS_NAMED])}{', …' if len(come) > _THINGS_NAMED else ''}." if come else ""
    return now.model_copy(
        update={
            "sentence": now.sentence + named,
            "is_new": bool(come) or grown > much,
            "nights": then.nights + 1,
            "since": then.since,
            "raised_excess": now.excess if abs(grown) > much else raised,
        }
    )


def _night(report: RefreshReport, warnings: Sequence[ReportedWarning]) -> NightVerdict:
    return NightVerdict(verdict=_night_state(report, warnings), sentence=coverage(report))


def _night_state(report: RefreshReport, warnings: Sequence[ReportedWarning]) -> NightState:
    chunks = report.chunks
    wanted = report.planned.chunks > report.planned.deferred and not report.dry_run
    if wanted and not chunks.answered + chunks.reused:
        return "fail"
    return "warn" if any(one.is_new and one.of == "night" for one in warnings) else "pass"


def _data(report: RefreshReport, seen: Mapping[str, Observed], warnings: Sequence[ReportedWarning]) -> DataVerdict:
    of_data = [one for one in warnings if one.of == "data"]
    audits = [one for one in of_data if one.name != KEPT_SHARE]
    few = next((one for one in of_data if one.name == KEPT_SHARE), None)
    kept = seen[KEPT_SHARE].sentence if KEPT_SHARE in seen else "No triple was made, so the data is as it was."
    warn = f" {len(audits):,} of {len(report.audits):,} audits warn." if audits else ""
    return DataVerdict(
        verdict=worth(report.triples.total, report.triples.kept, len(audits)),
        sentence=kept + warn,
        advice=few.advice if few else "",
        is_new=any(one.is_new for one in of_data),
    )
