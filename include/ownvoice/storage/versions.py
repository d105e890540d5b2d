"""Committed dataset versions, read from the log of `tables/pairs`.

Version N is version N of the Delta table `pairs`. Its commit carries one JSON record that names its counts, its
digest and the versions of the side tables that belong to it; later versions of a side table come from a
commit that never finished, and readers do not see them.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from ownvoice.errors import StorageError
from ownvoice.storage.damage import readable, table_readable
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import log_entry_key, table_key
from ownvoice.storage.selection import Selection
from ownvoice.storage.takedown_keys import is_of_takedown

if TYPE_CHECKING:
    from deltalake import DeltaTable

RECORD = "ownvoice"
"""The key of the record in a commit's metadata."""


@dataclass(frozen=True, slots=True)
class DatasetVersion:
    """One committed version. `digest` is over its logical rows; the next commit adds its rows to the hash `lattice`.

    `articles_rows` and `chunks_rows` are the sizes of the side tables at the versions it names; None where the release
    that committed it did not count them. `grams` is the version of the grams that sides of the split were held apart
    by; None where its release did not look. `retired_for` counts by drop reason the retired pairs whose own articles
    the run did not ask about. `rejected_model` wrote the rejected answers of the pairs that it added, where that was a
    second model; where a training had made it, `trained_on` is the version that it was trained on, and `round` how
    often that was done: the pairs of round 2 come from a model that learnt from the first.
    `selection` is None where the version is not balanced.
    """

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
    articles_rows: int | None = None
    chunks_rows: int | None = None
    grams: str | None = None
    retired_for: dict[str, int] = field(default_factory=dict)
    rejected_model: str | None = None
    trained_on: int | None = None
    round: int | None = None
    selection: Selection | None = None

    @property
    def rejected_sentence(self) -> str:
        """Who wrote the rejected answers of the pairs that it added; empty where they came with the triples."""
        if not self.rejected_model:
            return ""
        if self.round is None:
            return f"rejected answers by {self.rejected_model}"
        training = self.rejected_model.removeprefix("run:")
        return (
            f"round {self.round}: rejected answers by the model of training {training}, which was trained on version "
            f"{self.trained_on}"
        )

    @property
    def left_out(self) -> int:
        """The pairs that are neither trained on nor exported."""
        return self.selection.left_out if self.selection else 0

    @property
    def selected(self) -> int:
        """The pairs that are trained on and exported."""
        return self.pairs - self.left_out

    def as_record(self) -> str:
        """Return the JSON of the commit's metadata, without number and time, which the log has itself."""
        record = asdict(self)
        del record["number"], record["committed_at"]
        return json.dumps(record, default=str)


def latest_version(lake: Lake) -> DatasetVersion | None:
    """Return the newest committed version, or None where the lake holds none."""
    pairs = lake.table("pairs")
    return None if pairs is None else newest_version(lake, pairs)


def newest_version(lake: Lake, pairs: DeltaTable) -> DatasetVersion | None:
    """Return the newest version in the table `pairs` as it was opened, or None."""
    # Nearly always the last entry of the log; a maintenance job may have added some after it.
    found = (_version(lake, number) for number in range(pairs.version(), 0, -1))
    return next((version for version in found if version), None)


def all_versions(lake: Lake) -> list[DatasetVersion]:
    """Return every committed version, oldest first."""
    pairs = lake.table("pairs")
    return [] if pairs is None else list(_newest_first(lake, pairs))[::-1]


def version_or_latest(lake: Lake, number: int | None) -> DatasetVersion:
    """Return version `number`, or the newest. Raises `StorageError` where there is none."""
    found = find_version(lake, number)
    if found is None:
        wanted = "no dataset version" if number is None else f"no dataset version {number}"
        raise StorageError(
            f"{lake.uri} holds {wanted}. `ownvoice versions` lists what is there; `ownvoice refresh` makes one."
        )
    return found


def find_version(lake: Lake, number: int | None) -> DatasetVersion | None:
    """Return version `number`, or the newest; None where there is none."""
    return latest_version(lake) if number is None else _version(lake, number)


def refreshed_version(lake: Lake, version: DatasetVersion | None) -> DatasetVersion | None:
    """Return the newest version, up to `version`, that a refresh made: that itself, unless a takedown made it."""
    if version is None or not is_of_takedown(version.run_id):
        return version
    before = (one for one in reversed(all_versions(lake)) if one.number < version.number)
    return next((one for one in before if not is_of_takedown(one.run_id)), None)


def version_of_run(lake: Lake, run_id: str) -> DatasetVersion | None:
    """Return the newest version that the run committed, or None."""
    pairs = lake.table("pairs")
    if pairs is None or pairs.transaction_version(run_id) is None:
        return None
    return next((version for version in _newest_first(lake, pairs) if version.run_id == run_id), None)


def _version(lake: Lake, number: int) -> DatasetVersion | None:
    """Return version `number` from its own entry of the log; None where it is no dataset version."""
    with readable(lake.uri, log_entry_key("pairs", number)):
        actions = map(json.loads, (lake.log_entry("pairs", number) or b"").splitlines())
        commits = (action["commitInfo"] for action in actions if "commitInfo" in action)
        return next((_from_log(number, commit) for commit in commits if RECORD in commit), None)


def _newest_first(lake: Lake, pairs: DeltaTable) -> Iterator[DatasetVersion]:
    # Numbered by their place: `history` numbers from the version that was opened, and the log may have grown since.
    with table_readable(lake.uri, table_key("pairs")):
        entries = pairs.history()
        for number, entry in zip(reversed(range(len(entries))), entries, strict=True):
            if RECORD in entry:
                yield _from_log(number, entry)


def _from_log(number: int, entry: dict[str, Any]) -> DatasetVersion:
    record = json.loads(entry[RECORD])
    selection = record.pop("selection", None)
    return DatasetVersion(
        number=number,
        committed_at=dt.datetime.fromtimestamp(entry["timestamp"] / 1000, dt.UTC),
        refresh_date=dt.date.fromisoformat(record.pop("refresh_date")),
        selection=selection and Selection.from_record(selection),
        **record,
    )
