"""From the list of a run to its rows, as the trainer reads them: the very ones that were planned, or none."""

from __future__ import annotations

from dataclasses import dataclass

from ownvoice.errors import BadDataError
from ownvoice.storage.lake import Lake
from ownvoice.training.mixture.listing import ListedRow, read_listing
from ownvoice.training.mixture.rows import ImportedExample, read_examples
from ownvoice.training.mixture.shares import OWN
from ownvoice.training.mixture.used import MixtureUsed


@dataclass(frozen=True, slots=True)
class Resolved:
    """The rows of a mixture: the ids of the own pairs, and the imported rows whole."""

    listed: tuple[ListedRow, ...]
    own_ids: frozenset[str]
    imported: tuple[ImportedExample, ...]


def resolve(lake: Lake, key: str, used: MixtureUsed) -> Resolved:
    """Read the rows that the list under `key` names.

    Raises `BadDataError` where one was withdrawn or changed since: no other rows take their place in silence.
    """
    listed = read_listing(lake, key, used.digest)
    wanted = {row.row_id: row for row in listed if row.set != OWN}
    sets = {row.set for row in wanted.values()}
    found = dict[str, ImportedExample]()
    for row, example in read_examples(lake, sets, wanted.keys()):
        if row.sha256 == wanted[row.row_id].sha256:
            found[row.row_id] = example
    if missing := [row for row_id, row in wanted.items() if row_id not in found]:
        raise BadDataError(
            f"{len(missing)} of the {len(wanted)} imported rows of this mixture were withdrawn or changed since it was "
            f"planned, the first is {missing[0].row_id} of {missing[0].set}. Nothing was trained. Plan a new training, "
            "which draws from the rows that are left."
        )
    own = frozenset(row.row_id for row in listed if row.set == OWN)
    return Resolved(tuple(listed), own, tuple(found[row_id] for row_id in wanted))
