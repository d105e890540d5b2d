"""The rows of `tables/imported` as a training reads them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from ownvoice.storage.conditions import one_of
from ownvoice.storage.lake import Lake, scan
from ownvoice.training.mixture.listing import ListedRow, content_sha256

Message = tuple[str, str]
"""The role (`system`, `user` or `assistant`) and the text of a turn."""

_READ = "row_id, set, revision, licence, provenance_class, prompt_messages, chosen, rejected"


@dataclass(frozen=True, slots=True)
class ImportedExample:
    """An imported row to train on: all turns before the answers, and a pair of answers or one of the two."""

    pair_id: str
    messages: tuple[Message, ...]
    chosen: str | None
    rejected: str | None

    @property
    def is_lone(self) -> bool:
        """Whether it has one answer alone, which is wanted (`chosen`) or not."""
        return self.chosen is None or self.rejected is None

    @property
    def is_one_question(self) -> bool:
        """Whether it has no turn before the answers but the user's and those of the system."""
        return [role for role, _ in self.messages if role != "system"] == ["user"]

    def texts(self) -> Iterator[str]:
        """Yield every text of the row."""
        yield from (text for _, text in self.messages)
        yield from (text for text in (self.chosen, self.rejected) if text is not None)


def read_examples(
    lake: Lake, sets: Collection[str], row_ids: Collection[str]
) -> Iterator[tuple[ListedRow, ImportedExample]]:
    """Yield those rows of some sets that have one of the ids, with what a list says of each, in the order of ids."""
    where = f"{one_of('set', sets)} ORDER BY set, row_id"
    for batch in scan(lake.table("imported"), _READ, where):
        yield from (_read(row) for row in batch.to_pylist() if row["row_id"] in row_ids)


def _read(row: dict[str, Any]) -> tuple[ListedRow, ImportedExample]:
    messages = tuple((turn["role"], turn["content"]) for turn in row["prompt_messages"])
    example = ImportedExample(row["row_id"], messages, row["chosen"], row["rejected"])
    sha256 = content_sha256(messages, example.chosen, example.rejected)
    columns = {name: row[name] for name in ("set", "row_id", "revision", "licence", "provenance_class")}
    return ListedRow(**columns, sha256=sha256), example
