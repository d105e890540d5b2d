"""With which nights a refresh is compared, and what is unusual about it beside them. Pure.

A night is a full run. A number is unusual where it is far from its usual value, the median of the last fourteen nights.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from statistics import median

from ownvoice.dataset.verdicts import Tone, Worth, tone_of
from ownvoice.reports.formats import dollars, percent
from ownvoice.reports.worth import worth
from ownvoice.storage.rows import RunRow

RUNS_COMPARED = 14
_MIN_RUNS = 5
# Iglewicz and Hoaglin, How to Detect and Handle Outliers (1993): a modified z-score past 3.5 is an outlier.
_MAX_DEVIATIONS = 3.5
_MAD_TO_SIGMA = 1.4826


@dataclass(frozen=True, slots=True)
class Refresh:
    """One refresh. `counts` are those of its row; shares are None where there is nothing to take a share of."""

    run_id: str
    refresh_date: dt.date
    verdict: str
    version: int | None
    recipe_id: str
    counts: Mapping[str, int]
    retries: int | None = None
    cost_usd: float | None = None
    duration_s: float | None = None
    unusual: tuple[str, ...] = ()

    def count(self, name: str) -> int:
        """Return one of the counts; what did not happen was not counted."""
        return self.counts.get(name, 0)

    @property
    def is_full(self) -> bool:
        """Whether it is a full run: neither a dry run nor a retry, which asks about dead chunks alone."""
        return not self.count("dry_run") and "articles_retried" not in self.counts

    @property
    def data(self) -> Worth:
        """What the data is worth; a row of an earlier Ownvoice does not say whether audits warn."""
        return worth(self.count("triples"), self.count("kept"), self.count("audits_warning"))

    @property
    def tone(self) -> Tone:
        """How the data verdict is coloured."""
        return tone_of(self.data, self.count("data_warnings_new") > 0)

    @property
    def tokens(self) -> int:
        """Tokens paid for, prompts and answers together."""
        return self.count("prompt_tokens") + self.count("completion_tokens")

    @property
    def dead_share(self) -> float | None:
        """Share of the chunks that have no usable answer after every try."""
        return _share(self.count("chunks_dead"), self.count("chunks_total"))

    @property
    def keep_rate(self) -> float | None:
        """Share of the triples that became pairs."""
        return _share(self.count("kept"), self.count("triples"))

    @property
    def verbatim_rate(self) -> float | None:
        """Share of the triples whose quote is in the article."""
        return _share(self.count("triples") - self.count("dropped_not_verbatim"), self.count("triples"))


@dataclass(frozen=True, slots=True)
class _Measure:
    """One number of a run: how it is written, and up to which difference from its usual value it is never unusual."""

    name: str
    value: Callable[[Refresh], float | None]
    write: Callable[[float], str]
    least: Callable[[Refresh, float], float]
    only_above: bool = False


_MEASURES = (
    _Measure("dead share", lambda one: one.dead_share, percent, lambda one, usual: 0.02),
    _Measure("verbatim rate", lambda one: one.verbatim_rate, percent, lambda one, usual: _chance(one, usual)),
    _Measure("keep rate", lambda one: one.keep_rate, percent, lambda one, usual: _chance(one, usual)),
    _Measure("cost", lambda one: _cost_usd(one), dollars, lambda one, usual: 0.25 * usual, only_above=True),
)


def refresh_of(row: RunRow) -> Refresh:
    """Return the refresh that a row of `tables/runs` sums up."""
    return Refresh(
        row["run_id"],
        row["refresh_date"],
        row["verdict"],
        row["version"],
        row["recipe_id"],
        dict(row["counts"]),
        row["retries"],
        row["cost_usd"],
        row["duration_s"],
    )


def compared(refreshes: Iterable[Refresh]) -> list[Refresh]:
    """Return `refreshes`, which come oldest first, with what is unusual about each full run."""
    done: list[Refresh] = []
    full: list[Refresh] = []
    for one in refreshes:
        if one.is_full:
            done.append(replace(one, unusual=tuple(unusual(one, full))))
            full.append(one)
        else:
            done.append(one)
    return done


def nights_before(date: dt.date, run_id: str, refreshes: Iterable[Refresh]) -> list[Refresh]:
    """Return the full runs of `refreshes` up to `date`, but for that run itself; they come oldest first."""
    return [one for one in refreshes if one.is_full and one.refresh_date <= date and one.run_id != run_id]


def nights_to_compare(nights: Sequence[Refresh]) -> list[Refresh]:
    """Return, newest first, the nights whose warnings a night is held against: the last, and fourteen with a version.

    Where nothing changes for weeks, the last version is still the one that the next is compared with.
    """
    committed = [one for one in nights if one.version is not None][-RUNS_COMPARED:]
    last = [one for one in nights[-1:] if one not in committed]
    return [*committed, *last][::-1]


def unusual(one: Refresh, earlier: Sequence[Refresh]) -> Iterator[str]:
    """Yield a clause for each number of `one` that is far from its median over the last fourteen `earlier` runs.

    Runs without that number do not count; with fewer than five, the number is not compared.
    """
    for measure in _MEASURES:
        value = measure.value(one)
        values = [found for found in map(measure.value, earlier[-RUNS_COMPARED:]) if found is not None]
        if value is None or len(values) < _MIN_RUNS:
            continue
        usual = median(values)
        spread = _MAD_TO_SIGMA * median(abs(found - usual) for found in values)
        difference = value - usual if measure.only_above else abs(value - usual)
        if difference > max(_MAX_DEVIATIONS * spread, measure.least(one, usual)):
            yield f"{measure.name} {measure.write(value)}, usually {measure.write(usual)}"


def _cost_usd(one: Refresh) -> float | None:
    """Return the cost of a run that had chunks; runs without chunks cost nothing and would lower the usual cost."""
    return one.cost_usd if one.count("chunks_total") else None


def _chance(one: Refresh, usual: float) -> float:
    """Return how far a share may be off by chance with the run's number of triples: five percentage points at least."""
    return max(0.05, _MAX_DEVIATIONS * sqrt(usual * (1 - usual) / max(one.count("triples"), 1)))


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
