"""The pairs of a version by side of the split, measured, and what a choice among them comes to.

Each side is balanced by itself: training must not learn a shortcut, and a test that rewards one tells nothing of the
voice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from ownvoice.pairs.balance.select import BOUND, Candidates, Choice, choose
from ownvoice.pairs.balance.tells import tells
from ownvoice.pairs.balance.texts import Texts
from ownvoice.pairs.balance.views import CUES
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.rows import PairRow
from ownvoice.storage.selection import CueBalance, Selection
from ownvoice.storage.tables import SPLITS
from ownvoice.storage.versions import DatasetVersion

Mark = tuple[bool | None, str | None]
"""The columns `selected` and `selected_reason` of a row."""

COLUMNS = "pair_id, article_id, split, chosen, rejected, selected, selected_reason, refresh_date"
"""The columns of `tables/pairs` that a side is made of."""

_ROWS_AT_A_TIME = 2_000


class Held(NamedTuple):
    """What is held of a pair beside the measures of its texts; `is_added` where the run adds it."""

    pair_id: str
    article_id: str
    mark: Mark
    date: str
    is_added: bool


class Side(NamedTuple):
    """The pairs of one side of the split, in the order of their ids."""

    held: list[Held]
    texts: Texts

    def choose(self) -> Choice | None:
        """Choose the pairs that train; None where they are too few to judge."""
        return choose(Candidates(np.array([one.article_id for one in self.held], object), self.texts))


def sides_of(standing: Iterable[PairRow], added: Iterable[PairRow]) -> dict[str, Side]:
    """Measure rows with `COLUMNS`, in any order, by side of the split; a side without a pair is left out."""
    held: dict[str, list[Held]] = {split: [] for split in SPLITS}
    texts: dict[str, list[Texts]] = {split: [] for split in SPLITS}
    for rows, is_added in ((iter(standing), False), (iter(added), True)):
        while part := list(islice(rows, _ROWS_AT_A_TIME)):
            for split in SPLITS:
                of_side = [row for row in part if row["split"] == split]
                held[split] += [_held(row, is_added) for row in of_side]
                texts[split].append(Texts.of(row[name] for row in of_side for name in ("chosen", "rejected")))
    return {split: _ordered(held[split], Texts.joined(texts[split])) for split in SPLITS if held[split]}


def selection_of(sides: Mapping[str, Side], choices: Mapping[str, Choice | None]) -> Selection:
    """Return what the choices come to, by side and cue."""
    found = (_of_cue(split, cue, side, choices[split]) for split, side in sides.items() for cue in CUES)
    return Selection(BOUND, tuple(found))


def balance_of(lake: Lake, version: DatasetVersion) -> Selection:
    """Return what balancing all pairs of a version comes to, whatever its commit selected; nothing is written."""
    sides = sides_of(rows_of(scan(lake.table("pairs", version.number), COLUMNS)), ())
    return selection_of(sides, {split: side.choose() for split, side in sides.items()})


def rows_of(batches: Iterable[pa.RecordBatch]) -> Iterator[PairRow]:
    """Yield the rows of some batches."""
    return (row for batch in batches for row in batch.to_pylist())


def _held(row: PairRow, is_added: bool) -> Held:
    mark = (row["selected"], row["selected_reason"])
    return Held(row["pair_id"], row["article_id"], mark, str(row["refresh_date"]), is_added)


def _ordered(held: list[Held], texts: Texts) -> Side:
    order = np.array(sorted(range(len(held)), key=lambda place: held[place].pair_id), np.intp)
    return Side([held[place] for place in order], texts.of_pairs(order))


def _of_cue(split: str, cue: str, side: Side, choice: Choice | None) -> CueBalance:
    pairs = len(side.held)
    if choice is None:
        return CueBalance(split, cue, pairs, 0, None, None)
    nearest = choice.nearest.get(cue)
    return CueBalance(
        split=split,
        cue=cue,
        pairs=pairs,
        left_out=Counter(choice.left_out.values())[cue],
        before=round(choice.before[cue], 4),
        after=round(choice.after[cue], 4),
        nearest=round(nearest.value, 4) if nearest else None,
        nearest_pairs=nearest.pairs if nearest else None,
        tells=tuple(tells(side.texts, cue)) if choice.before[cue] > BOUND else (),
    )
