"""Cutting a long table into result pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ResultPage:
    """Which of `total` rows are shown: those of result page `number`, counted from 1, of `size` rows each."""

    number: int
    total: int
    size: int

    @property
    def first(self) -> int:
        """Index of the first row shown."""
        return (self.number - 1) * self.size

    @property
    def last_number(self) -> int:
        """Number of the last result page; an empty table has one."""
        return max(1, -(-self.total // self.size))

    def cut(self, rows: Sequence[T]) -> Sequence[T]:
        """Return the rows shown, of all `rows`."""
        return rows[self.first : self.first + self.size]
