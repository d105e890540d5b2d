"""Committed dataset versions: what the log of `tables/pairs` says about each.

Version N is version N of the Delta table `pairs`. Its commit carries one JSON record that names its counts, its
digest and the versions of the side tables that belong to it; a side table that is further ahead was left by a
commit that never finished, and readers do not see it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from ownvoice.errors import StorageError
from ownvoice.lake import Lake

if TYPE_CHECKING:
    from deltalake import DeltaTable

RECORD = "ownvoice"


@dataclass(frozen=True, slots=True)
class DatasetVersion:
    """One committed version. `digest` is over its logical rows; `lattice` is the state that the next one adds to."""

    number: int
    run_id: str
    refresh_date: dt.date
    committed_at: dt.datetime
    pairs: int
    added: int
    retired: int
    digest: str
    lattice: str
    articles_version: int
    chunks_version: int

    def as_record(self) -> str:
        """Return the JSON that the commit carries; number and time are the log's own."""
        record = asdict(self)
        del record["number"], record["committed_at"]
        return json.dumps(record, default=str)


def latest_version(lake: Lake) -> DatasetVersion | None:
    """Return the newest committed version, or None where the lake holds none."""
    table = lake.table("pairs")
    # Nearly always the last entry of the log; a maintenance job may have written a few since.
    return next(_newest_first(table, limit=1), None) or next(_newest_first(table, limit=None), None)


def all_versions(lake: Lake) -> list[DatasetVersion]:
    """Return every committed version, oldest first."""
    return list(_newest_first(lake.table("pairs"), limit=None))[::-1]


def version_or_latest(lake: Lake, number: int | None) -> DatasetVersion:
    """Return version `number`, or the newest. Raises `StorageError` where there is none."""
    found = latest_version(lake) if number is None else _version(lake, number)
    if found is None:
        wanted = "no dataset version" if number is None else f"no dataset version {number}"
        raise StorageError(
            f"{lake.uri} holds {wanted}. `ownvoice versions` lists what is there; `ownvoice refresh` makes one."
        )
    return found


def version_of_run(lake: Lake, run_id: str) -> DatasetVersion | None:
    """Return the newest version that the run committed, or None."""
    table = lake.table("pairs")
    if table is None or table.transaction_version(run_id) is None:
        return None
    return next((version for version in _newest_first(table, None) if version.run_id == run_id), None)


def _version(lake: Lake, number: int) -> DatasetVersion | None:
    """Return version `number`, reading the log back no further than to it; None where it is no dataset version."""
    table = lake.table("pairs")
    if table is None or not 0 < number <= table.version():
        return None
    back_to_it = _newest_first(table, limit=table.version() - number + 1)
    return next((version for version in back_to_it if version.number == number), None)


def _newest_first(table: DeltaTable | None, limit: int | None) -> Iterator[DatasetVersion]:
    if table is None:
        return
    for entry in table.history(limit):
        if RECORD in entry:
            yield _from_log(entry)


def _from_log(entry: dict[str, Any]) -> DatasetVersion:
    record = json.loads(entry[RECORD])
    return DatasetVersion(
        number=entry["version"],
        committed_at=dt.datetime.fromtimestamp(entry["timestamp"] / 1000, dt.UTC),
        refresh_date=dt.date.fromisoformat(record.pop("refresh_date")),
        **record,
    )
