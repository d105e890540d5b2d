"""OpenAI's preference file: a prompt, the answer that was preferred and the one that was not, in JSON Lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ownvoice.feedback.formats.values import content, mapping, messages, moment, name, said_yes, text, turns
from ownvoice.feedback.said import Kind, Place, Said

NAME = "openai_preference"
TELLS = "each record has `input.messages`, `preferred_output` and `non_preferred_output`"
CONSENT = "`metadata.consent`, and the person in `metadata.user`"


def knows(record: Mapping[str, Any]) -> bool:
    """Whether a record is a preference of OpenAI's form."""
    return "preferred_output" in record and "non_preferred_output" in record


def read(record: Mapping[str, Any], place: str) -> Iterator[Said]:
    """Yield the choice. Raises `ValueError` where a side is not one message of an assistant."""
    told = mapping(record.get("metadata"))
    yield Said(
        kind=Kind.CHOICE,
        place_in_file=place,
        at=Place(name(told.get("conversation_id")), name(told.get("message_id"))),
        turns=turns(mapping(record.get("input")).get("messages")),
        answer=_side(record, "preferred_output"),
        other=_side(record, "non_preferred_output"),
        person=name(told.get("user")),
        said_at=moment(told.get("at")),
        model=text(told.get("model")),
        consent=said_yes(told.get("consent")),
    )


def _side(record: Mapping[str, Any], field: str) -> str:
    found = messages(record.get(field))
    if len(found) != 1 or found[0].get("role") != "assistant":
        raise ValueError(f"{field} is no single message of an assistant, as OpenAI's form has it")
    return content(found[0].get("content"))
