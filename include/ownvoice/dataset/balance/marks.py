"""The marks that a commit puts on its pairs: on those that it adds, and on those that stand and are marked otherwise.

A selection follows from the pairs of its version alone, so that pairs of earlier refreshes may be left out, or come
back. Only the rows whose mark changes are written again (docs/decisions/0045).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from ownvoice.dataset.balance.sides import COLUMNS, Mark, Side, rows_of, selection_of, sides_of
from ownvoice.dataset.digest import Lattice, empty_lattice, lattice_of
from ownvoice.pairs.balance.select import Choice
from ownvoice.storage.conditions import one_of
from ownvoice.storage.lake import scan
from ownvoice.storage.rows import PairRow
from ownvoice.storage.selection import Selection
from ownvoice.storage.versions import DatasetVersion

if TYPE_CHECKING:
    from deltalake import DeltaTable

_UNMARKED: Mark = (None, None)


@dataclass(frozen=True, slots=True)
class Marks:
    """What a commit writes of its selection: `selection` is what it says, None where it balances nothing.

    `added` marks the rows that the run adds and `changed` those that stand and are marked otherwise now, by pair id;
    `dates` are the refresh dates of these. `lattice` is what all of it changes of the sum over the rows.
    """

    selection: Selection | None = None
    added: Mapping[str, Mark] = field(default_factory=dict)
    changed: Mapping[str, Mark] = field(default_factory=dict)
    dates: frozenset[str] = frozenset()
    lattice: Lattice = field(default_factory=empty_lattice)

    def put(self, row: PairRow) -> PairRow:
        """Return a row that the run adds with its mark."""
        return _marked(row, self.added.get(row["pair_id"], _UNMARKED))

    def changed_rows(self) -> Iterator[dict[str, Any]]:
        """Yield the id and the mark of each row that stands and is marked otherwise now."""
        for pair_id, (selected, reason) in self.changed.items():
            yield {"pair_id": pair_id, "selected": selected, "selected_reason": reason}


def is_selected_otherwise(base: DatasetVersion | None, balance: bool | None) -> bool:
    """Whether a run whose recipe says `balance` has marks to change, whatever becomes of its articles."""
    return base is not None and bool(balance) != (base.selection is not None)


def mark_pairs(
    pairs: DeltaTable,
    base: DatasetVersion | None,
    balance: bool | None,
    retired: Collection[str],
    added: Callable[[], Iterable[PairRow]],
) -> Marks:
    """Select among the pairs of `base` that are not `retired`, by id, and those that are `added`."""
    if not balance and not is_selected_otherwise(base, balance):
        return Marks()
    standing = (row for row in rows_of(scan(pairs, COLUMNS)) if row["pair_id"] not in retired)
    sides = sides_of(standing if base else (), added())
    choices = {split: side.choose() if balance else None for split, side in sides.items()}
    marks = _marks(sides, choices)
    selection = selection_of(sides, choices) if balance else None
    return replace(marks, selection=selection, lattice=_lattice(pairs, marks, added()))


def without_mark(row: PairRow) -> PairRow:
    """Return a row as it is but for the selection, which is a step of its own."""
    return _marked(row, _UNMARKED)


def _marks(sides: Mapping[str, Side], choices: Mapping[str, Choice | None]) -> Marks:
    of_added: dict[str, Mark] = {}
    changed: dict[str, Mark] = {}
    dates: set[str] = set()
    for split, side in sides.items():
        for place, held in enumerate(side.held):
            mark = _mark(choices[split], place)
            if held.is_added:
                of_added[held.pair_id] = mark
            elif held.mark != mark:
                changed[held.pair_id] = mark
                dates.add(held.date)
    return Marks(added=of_added, changed=changed, dates=frozenset(dates))


def _mark(choice: Choice | None, place: int) -> Mark:
    if choice is None:
        return _UNMARKED
    cue = choice.left_out.get(place)
    return cue is None, cue


def _lattice(pairs: DeltaTable, marks: Marks, added: Iterable[PairRow]) -> Lattice:
    """Return what the marks change of the sum over the rows: of those added without one, and of those that stand."""
    lattice = empty_lattice()
    for row in added:
        lattice = lattice - lattice_of([row]) + lattice_of([marks.put(row)])
    if not marks.changed:
        return lattice
    wanted = pa.array(marks.changed, pa.string())
    for batch in scan(pairs, where=one_of("refresh_date", marks.dates)):
        for row in rows_of([batch.filter(pc.is_in(batch["pair_id"], wanted))]):
            lattice = lattice - lattice_of([row]) + lattice_of([_marked(row, marks.changed[row["pair_id"]])])
    return lattice


def _marked(row: PairRow, mark: Mark) -> PairRow:
    return {**row, "selected": mark[0], "selected_reason": mark[1]}
