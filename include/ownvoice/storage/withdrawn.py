"""What takedowns took out of committed versions: counts, and the sums over the rows, which hold no text.

A version keeps the digest that it was committed under. The digest is that of a sum over rows (docs/decisions/0004), so
the sum over the rows that were withdrawn, 2,048 bytes, is all that it takes to prove the version from those left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from ownvoice.storage.lake import Lake
from ownvoice.storage.takedown_keys import WITHDRAWN, withdrawn_key


class WithdrawnRows(BaseModel):
    """The rows that one takedown took out of one version; `sum` is the place of the sum over its pairs, if any."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pairs: int = 0
    articles: int = 0
    chunks: int = 0
    sum: int | None = None


class WithdrawnRecord(BaseModel):
    """What one takedown took out of each version, by number. Versions with the same rows share one of the `sums`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    takedown_id: str
    sums: tuple[str, ...]
    versions: dict[int, WithdrawnRows]


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What all takedowns together took out of one version; `sums` are lattices as the commit record writes them."""

    takedowns: tuple[str, ...] = ()
    pairs: int = 0
    articles: int = 0
    chunks: int = 0
    sums: tuple[str, ...] = ()

    def rows(self, table: str) -> int:
        """Return the number of rows that are gone from `pairs`, `articles` or `chunks`."""
        return {"pairs": self.pairs, "articles": self.articles, "chunks": self.chunks}[table]


def withdrawn_of(lake: Lake, number: int) -> Withdrawn:
    """Return what was taken out of dataset version `number`: nothing, where no takedown reached it."""
    found = Withdrawn()
    for key in sorted(one.key for one in lake.store.objects(WITHDRAWN)):
        record = lake.read_record(key, WithdrawnRecord.model_validate)
        if record and (rows := record.versions.get(number)):
            found = Withdrawn(
                (*found.takedowns, record.takedown_id),
                found.pairs + rows.pairs,
                found.articles + rows.articles,
                found.chunks + rows.chunks,
                found.sums if rows.sum is None else (*found.sums, record.sums[rows.sum]),
            )
    return found


def read_withdrawn(lake: Lake, takedown_id: str) -> WithdrawnRecord | None:
    """Return what a takedown took out of each version; None where it has not come to that."""
    return lake.read_record(withdrawn_key(takedown_id), WithdrawnRecord.model_validate)


def record_withdrawn(lake: Lake, takedown_id: str, rows: Mapping[int, WithdrawnRows], sums: tuple[str, ...]) -> None:
    """Write down what a takedown takes out of each version, before it does: afterwards nobody can count it."""
    record = WithdrawnRecord(takedown_id=takedown_id, sums=sums, versions=dict(rows))
    lake.write_json(withdrawn_key(takedown_id), record.model_dump(mode="json"))
