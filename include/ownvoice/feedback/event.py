"""What was said, with whoever spoke behind a salted id: `event_id` is the same in every file that says it again.

A message is known by its prompt and its text, since exports spell ids in their own ways or have none.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from ownvoice.feedback.formats.read import Source
from ownvoice.feedback.said import Kind, Node, Piece, Place, Said
from ownvoice.storage.rows import Message


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that one person said of one answer.

    `person` is salted. `author_id` names the author that the person is, and is "" for anyone else. `message_key` is a
    hash of prompt and answer; `parent_key` is shared by the answers to one message, and is "" where the export does
    not tell. `other` is as in `Said`. `consent` is what the record itself says, None for nothing.
    """

    event_id: str
    kind: Kind
    person: str
    author_id: str
    said_at: dt.datetime | None
    turns: tuple[Message, ...]
    answer: str
    other: str | None
    message_key: str
    parent_key: str
    model: str
    comment: str
    tags: tuple[str, ...]
    consent: bool | None
    source_format: str
    source_file: str
    source_row: int
    source_sha256: str

    @property
    def order(self) -> tuple[bool, float, str, int, str]:
        """From the oldest to the newest: what has no time comes first, then as it stands in the source."""
        seconds = self.said_at.timestamp() if self.said_at else 0.0
        return self.said_at is not None, seconds, self.source_file, self.source_row, self.event_id


@dataclass(frozen=True, slots=True)
class Salted:
    """What turns names into ids, and who is an author, by name."""

    salt: Callable[[str], str]
    authors: Mapping[str, str]


class Threads:
    """The messages that exports keep apart from what is said of them."""

    def __init__(self) -> None:
        self._nodes: dict[tuple[str, str, str], Node] = {}

    def add(self, format_name: str, node: Node) -> None:
        """Keep a message; one of the same ids takes the place of an earlier one."""
        self._nodes[format_name, node.at.conversation, node.at.message] = node

    def find(self, format_name: str, at: Place) -> Node | None:
        """Return the message at a place, or the one that bears the conversation's id."""
        for message in (at.message, at.conversation):
            if found := self._nodes.get((format_name, at.conversation, message)):
                return found
        return None

    def before(self, format_name: str, node: Node) -> tuple[Message, ...]:
        """Return the messages that lead to one; parents that go round in a ring end the way."""
        if node.turns is not None:
            return node.turns
        way: list[Node] = []
        seen = {node.at.message}
        parent = node.at.parent
        while parent and parent not in seen:
            seen.add(parent)
            above = self._nodes.get((format_name, node.at.conversation, parent))
            if above is None:
                break
            way.append(above)
            parent = above.at.parent
        return tuple(Message(role=one.role, content=one.content) for one in reversed(way) if one.content.strip())


def events_of(pieces: Iterable[tuple[Source, Piece]], salted: Salted) -> Iterator[Event]:
    """Yield what was said, each thing once, with the messages that it is about.

    An answer that no record holds is left empty.
    """
    threads, said = Threads(), list[tuple[Source, Said]]()
    for source, piece in pieces:
        if isinstance(piece, Node):
            threads.add(source.format, piece)
        else:
            said.append((source, piece))
    seen: set[str] = set()
    for source, one in said:
        event = _event(source, one, threads, salted)
        if event.event_id not in seen:
            seen.add(event.event_id)
            yield event


def _event(source: Source, said: Said, threads: Threads, salted: Salted) -> Event:
    node = threads.find(source.format, said.at) if said.turns is None else None
    turns = threads.before(source.format, node) if node else said.turns or ()
    answer = said.answer if said.answer is not None else node.content if node else ""
    name = said.person or (node.person if node else "")
    consent = said.consent if said.consent is not None else node.consent if node else None
    message_key = _hash([turns, answer])
    person = salted.salt(name or f"nobody of {said.at.conversation or message_key}")
    parent = said.at.parent or (node.at.parent if node else "")
    return Event(
        event_id=_hash([said.kind, person, message_key, said.other, str(said.said_at), said.at.message]),
        kind=said.kind,
        person=person,
        author_id=salted.authors.get(name, ""),
        said_at=said.said_at,
        turns=turns,
        answer=answer,
        other=said.other,
        message_key=message_key,
        parent_key=_hash([source.format, said.at.conversation, parent]) if parent else "",
        model=said.model or (node.model if node else ""),
        comment=said.comment,
        tags=said.tags,
        consent=consent,
        source_format=source.format,
        source_file=source.file,
        source_row=source.row,
        source_sha256=source.sha256,
    )


def _hash(parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()[:32]
