"""The declaration of a known set, and its check of a row before it is read: columns, types and values. Pure."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from ownvoice.imports.drops import SCORE_DISAGREES, TIE, Dropped
from ownvoice.imports.turns import Compared
from ownvoice.states import ProvenanceClass

Row = Mapping[str, Any]

ROLES = ("system", "user", "assistant")


class RowError(Exception):
    """A row is not what the declaration says; the text names the column and what stands there."""


def _is_number(value: object) -> bool:
    """Whether it is a number that a file of doubles can hold: no endless one, and no whole one of 400 digits."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max


def _are_turns(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) and {"role", "content"} <= set(one) for one in value)


TEXT, MAYBE_TEXT, NUMBER, MAYBE_NUMBER = "text", "text or null", "number", "number or null"
WHOLE, FLAG, TURNS, LIST, RECORD = "whole number", "flag", "turns", "list", "record"

_IS: dict[str, Callable[[object], bool]] = {
    TEXT: lambda value: isinstance(value, str),
    MAYBE_TEXT: lambda value: value is None or isinstance(value, str),
    NUMBER: _is_number,
    MAYBE_NUMBER: lambda value: value is None or _is_number(value),
    WHOLE: lambda value: _is_number(value) and float(value).is_integer(),  # type: ignore[arg-type]
    FLAG: lambda value: isinstance(value, bool),
    TURNS: _are_turns,
    LIST: lambda value: isinstance(value, list),
    RECORD: lambda value: isinstance(value, dict),
}


@dataclass(frozen=True, slots=True)
class KnownSet:
    """A set that is imported by name. A row is checked against `columns` and handed to `read`.

    `files` are patterns of the files with the training rows in the repository, `ref` the branch or tag that a commit is
    looked up for where none is named. `columns` are read, and `maybe` where a row has them; `passed_over` are known and
    not read; any other column stops the import. `wins` and `leaves_out` are for readers. `votes`: several rows may be
    votes about the same answers.
    """

    name: str
    repo: str
    files: tuple[str, ...]
    licence: str
    provenance: ProvenanceClass
    columns: Mapping[str, str]
    read: Callable[[Row], Compared | Dropped]
    wins: str
    maybe: Mapping[str, str] = field(default_factory=dict)
    passed_over: Collection[str] = field(default=())
    ref: str = "main"
    leaves_out: str = ""
    votes: bool = False

    @property
    def kinds(self) -> Mapping[str, str]:
        """The kind of each column that is read."""
        return {**self.columns, **self.maybe}

    def check(self, row: Row) -> None:
        """Raise `RowError` where the row lacks a column, has an unknown one, or holds a value of another type."""
        if missing := [name for name in self.columns if name not in row]:
            raise RowError(f"column {', '.join(missing)} is missing; it has {', '.join(row)}")
        kinds = self.kinds
        if unknown := [name for name in row if name not in kinds and name not in self.passed_over]:
            raise RowError(f"column {', '.join(unknown)} is unknown")
        for name, kind in kinds.items():
            if name not in row:
                continue
            if not _IS[kind](row[name]):
                raise RowError(f"column {name} holds {_shown(row[name])}, which is no {kind}")
            if kind == TURNS:
                _check_turns(name, row[name])


def _check_turns(name: str, turns: list[dict[str, Any]]) -> None:
    for place, turn in enumerate(turns):
        if turn["role"] not in ROLES:
            raise RowError(f"column {name}: the role of turn {place + 1} is {_shown(turn['role'])}")
        if not isinstance(turn["content"], str | None):
            raise RowError(f"column {name}: the content of turn {place + 1} is {_shown(turn['content'])}, no text")
        if unknown := [key for key, value in turn.items() if key not in ("role", "content") and value]:
            raise RowError(f"column {name}: turn {place + 1} has the unknown field {', '.join(unknown)}")


def one_of(row: Row, column: str, *known: object) -> Any:
    """Return the value of a column. Raises `RowError` where it is none of the known ones."""
    value = row[column]
    if value not in known:
        raise RowError(f"column {column} holds {_shown(value)}, none of {', '.join(map(str, known))}")
    return value


def margin_of(chosen: float | None, rejected: float | None) -> float | Dropped | None:
    """Return the score of the chosen answer less that of the rejected one; None where the row is not scored.

    Equal scores prefer neither, and a lower one contradicts the row.
    """
    if chosen is None or rejected is None:
        return None
    if chosen == rejected:
        return Dropped(TIE, f"both are rated {chosen:g}")
    return chosen - rejected if chosen > rejected else Dropped(SCORE_DISAGREES, f"{chosen:g} and {rejected:g}")


def _shown(value: object) -> str:
    return repr(value) if len(repr(value)) <= 60 else f"{repr(value)[:60]}..."
