"""What a round keeps in Parquet: events and rows with their text, and the fate of every event without."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa

from ownvoice.errors import StorageError
from ownvoice.feedback.event import Event
from ownvoice.feedback.rounds import FeedbackRound
from ownvoice.feedback.said import Kind
from ownvoice.storage.lake import Lake
from ownvoice.storage.rows import ImportedRow, Message
from ownvoice.storage.tables import TABLES

_TURNS = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))
_EVENTS = pa.schema(
    [
        ("event_id", pa.string()),
        ("kind", pa.string()),
        ("person", pa.string()),
        ("author_id", pa.string()),
        ("said_at", pa.timestamp("us", "UTC")),
        ("turns", _TURNS),
        ("answer", pa.string()),
        ("other", pa.string()),
        ("message_key", pa.string()),
        ("parent_key", pa.string()),
        ("model", pa.string()),
        ("comment", pa.string()),
        ("tags", pa.list_(pa.string())),
        ("consent", pa.bool_()),
        ("source_format", pa.string()),
        ("source_file", pa.string()),
        ("source_row", pa.int64()),
        ("source_sha256", pa.string()),
    ]
)
_FATES = pa.schema(
    [
        ("event_id", pa.string()),
        ("outcome", pa.string()),
        ("reason", pa.string()),
        ("detail", pa.string()),
        ("is_new", pa.bool_()),
        ("source_file", pa.string()),
        ("source_row", pa.int64()),
    ]
)
_ROWS = pa.schema(
    [
        pa.field("row", pa.struct(list(TABLES["imported"]))),
        ("events", pa.list_(pa.string())),
        ("model", pa.string()),
        ("comment", pa.string()),
        ("held", pa.string()),
        ("held_detail", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class EventFate:
    """What became of one event: `row`, `dropped` or `held`, with the reason's name; `is_new` says it was not so before.

    `source_file` and `source_row` say where it stands, for whoever wants to look.
    """

    event_id: str
    outcome: str
    reason: str
    detail: str
    is_new: bool
    source_file: str
    source_row: int


@dataclass(frozen=True, slots=True)
class FeedbackRow:
    """A row that is proposed, or held for a reason (`held` is its name, else ""), and the events that it comes from.

    `model` wrote the answer that was rated, `comment` is what the person wrote about it.
    """

    row: ImportedRow
    events: list[str]
    model: str
    comment: str
    held: str
    held_detail: str

    @property
    def row_id(self) -> str:
        """The id in tables/imported."""
        return self.row["row_id"]


def write_events(lake: Lake, key: str, events: Iterable[Event]) -> None:
    """Put events under a key."""
    rows = [asdict(one) for one in events]
    lake.write_rows(key, pa.Table.from_pylist(rows, schema=_EVENTS))


def read_events(lake: Lake, made: FeedbackRound) -> list[Event]:
    """Return the events of a round that hold text."""
    return [
        Event(
            **row
            | {
                "kind": Kind(row["kind"]),
                "turns": tuple(Message(role=turn["role"], content=turn["content"]) for turn in row["turns"]),
                "tags": tuple(row["tags"]),
            }
        )
        for row in _read(lake, made.keys.events(made.draft), _EVENTS)
    ]


def write_fates(lake: Lake, key: str, fates: Iterable[EventFate]) -> None:
    """Put fates under a key."""
    lake.write_rows(key, pa.Table.from_pylist([asdict(one) for one in fates], schema=_FATES))


def read_fates(lake: Lake, made: FeedbackRound) -> list[EventFate]:
    """Return what became of every event that was known when a round was collected."""
    return [EventFate(**row) for row in _read(lake, made.keys.fates(made.draft), _FATES)]


def write_feedback_rows(lake: Lake, key: str, rows: Iterable[FeedbackRow]) -> None:
    """Put rows under a key."""
    lake.write_rows(key, pa.Table.from_pylist([asdict(one) for one in rows], schema=_ROWS))


def read_feedback_rows(lake: Lake, made: FeedbackRound) -> list[FeedbackRow]:
    """Return the rows of a round."""
    return [FeedbackRow(**row) for row in _read(lake, made.keys.rows(made.draft), _ROWS)]


def _read(lake: Lake, key: str, schema: pa.Schema) -> list[dict[str, Any]]:
    table = lake.read_rows(key, schema)
    if table is None:
        raise StorageError(f"{lake.uri}/{key} is gone: put it back from a backup of the lake.")
    found: list[dict[str, Any]] = table.to_pylist()
    return found
