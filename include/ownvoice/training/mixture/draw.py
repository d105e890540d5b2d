"""The draw of a mixture before a training: which rows of each set it takes, and why others are left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ownvoice.errors import SettingsError
from ownvoice.states import ProvenanceClass
from ownvoice.storage.conditions import one_of
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.versions import DatasetVersion
from ownvoice.training.mixture.left_out import ADVICE, MixtureDrop
from ownvoice.training.mixture.listing import ListedRow
from ownvoice.training.mixture.rows import ImportedExample, read_examples
from ownvoice.training.mixture.screen import Screen, screen_of
from ownvoice.training.mixture.shares import OWN, drawn


@dataclass(frozen=True, slots=True)
class Drawn:
    """The rows of a mixture, own pairs first, and what was drawn and left out by reason.

    `pairs` counts the imported rows with both answers, `lone` those with one; `chars` is what a pass reads of them.
    """

    rows: tuple[ListedRow, ...]
    left_out: dict[str, int]
    table_version: int | None
    own: int
    pairs: int
    lone: int
    chars: int


def draw(
    lake: Lake,
    version: DatasetVersion,
    own_ids: Iterable[str],
    mixture: Mapping[str, float],
    seed: int,
    evaluation_sets: Sequence[str] = (),
    *,
    takes_lone: bool = False,
    takes_turns: bool = True,
) -> Drawn:
    """Draw a mixture with a dataset version, of whose train pairs those with `own_ids` may be taken.

    Every set is drawn by itself, so that one set's share moves no other's.
    Raises `SettingsError` that names each set of which the lake holds no row, and what to do; and where all rows that
    are drawn are left out.
    """
    sets = [name for name in mixture if name != OWN]
    table = lake.table("imported")
    ids = _ids(table, sets)
    _refuse_missing(table, [name for name in sets if name not in ids])
    wanted = frozenset(row_id for name in sets for row_id in drawn(ids[name], mixture[name], seed))
    screen = screen_of(lake, version.number, evaluation_sets, takes_lone=takes_lone, takes_turns=takes_turns)
    kept, left_out = _screened(lake, sets, wanted, screen)
    own = [_own(version, one) for one in drawn(own_ids, mixture[OWN], seed)]
    if not own and not kept:
        raise SettingsError(f"every row that the mixture draws is left out: {_reasons(left_out)}.")
    lone = sum(example.is_lone for _, example in kept)
    return Drawn(
        (*own, *(row for row, _ in kept)),
        dict(left_out.most_common()),
        None if table is None else table.version(),
        len(own),
        len(kept) - lone,
        lone,
        sum(_chars(example) for _, example in kept),
    )


def _ids(table: Any, sets: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for batch in scan(table, "set, row_id", one_of("set", sets)):
        for row in batch.to_pylist():
            found.setdefault(row["set"], []).append(row["row_id"])
    return found


def _refuse_missing(table: Any, missing: Sequence[str]) -> None:
    if not missing:
        return
    held = sorted(row["set"] for batch in scan(table, "DISTINCT set") for row in batch.to_pylist())
    raise SettingsError(
        f"mixture names {', '.join(missing)}, and tables/imported holds no row of it; it holds "
        f"{', '.join(held) or 'none'}. Import it first (`ownvoice import SET`; `ownvoice imports list` has the names), "
        "or take it out of the mixture."
    )


def _screened(
    lake: Lake, sets: Sequence[str], wanted: frozenset[str], screen: Screen
) -> tuple[list[tuple[ListedRow, ImportedExample]], Counter[str]]:
    kept, left_out = [], Counter[str]()
    for row, example in read_examples(lake, sets, wanted):
        if reason := screen.reason(example):
            left_out[reason.value] += 1
        else:
            kept.append((row, example))
    return kept, left_out


def _reasons(left_out: Mapping[str, int]) -> str:
    return "; ".join(f"{count} {reason} ({ADVICE[MixtureDrop(reason)]})" for reason, count in left_out.items())


def _own(version: DatasetVersion, pair_id: str) -> ListedRow:
    return ListedRow(OWN, pair_id, version.digest, None, ProvenanceClass.VERBATIM.value, None)


def _chars(example: ImportedExample) -> int:
    prompt = sum(len(text) for _, text in example.messages)
    return sum(prompt + len(answer) for answer in (example.chosen, example.rejected) if answer is not None)
