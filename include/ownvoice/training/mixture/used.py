"""What a training takes of each set: in `recipe.json` as it was planned, in `result.json` as it was trained on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

from pydantic import BaseModel, ConfigDict, Field

from ownvoice.training.mixture.listing import ListedRow


class Part(BaseModel):
    """The rows of one set that have the same revision, licence and provenance class."""

    model_config = ConfigDict(frozen=True)

    set: str
    revision: str
    licence: str | None
    provenance_class: str
    rows: int = Field(ge=0)


class MixtureUsed(BaseModel):
    """The rows of a mixture: the digest of their list in `mixture.parquet`, and their number by set and class.

    `table_version` is that of `tables/imported` which they were drawn from; `left_out` counts those that were drawn
    and cannot be trained on, by reason.
    """

    model_config = ConfigDict(frozen=True)

    digest: str
    table_version: int | None
    parts: tuple[Part, ...]
    left_out: dict[str, int] = {}

    @property
    def rows(self) -> int:
        """All rows of all sets."""
        return sum(part.rows for part in self.parts)

    def by_set(self) -> dict[str, int]:
        """Return the number of rows of each set."""
        return _summed((part.set, part.rows) for part in self.parts)

    def by_class(self) -> dict[str, int]:
        """Return the number of rows of each provenance class."""
        return _summed((part.provenance_class, part.rows) for part in self.parts)


def parts_of(rows: Iterable[ListedRow], without: Collection[str] = frozenset()) -> tuple[Part, ...]:
    """Count listed rows by set, revision, licence and class, in this order, without those of some ids."""
    counted = Counter(
        (row.set, row.revision, row.licence, row.provenance_class) for row in rows if row.row_id not in without
    )
    return tuple(
        Part(set=name, revision=revision, licence=licence, provenance_class=kind, rows=rows)
        for (name, revision, licence, kind), rows in counted.items()
    )


def mixture_lines(by_set: Mapping[str, int], by_class: Mapping[str, int], left_out: Mapping[str, int]) -> Iterator[str]:
    """Yield a mixture as text: the rows and share of each set and class, and what was left out of it."""
    yield f"mixture    {_shares(by_set)}"
    yield f"classes    {_shares(by_class)}"
    if left_out:
        yield f"left out   {', '.join(f'{rows} {reason}' for reason, rows in left_out.items())}"


def _shares(counts: Mapping[str, int]) -> str:
    whole = sum(counts.values()) or 1
    return ", ".join(f"{name} {rows} ({rows / whole:.0%})" for name, rows in counts.items())


def _summed(counts: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for name, rows in counts:
        found[name] += rows
    return dict(found)
