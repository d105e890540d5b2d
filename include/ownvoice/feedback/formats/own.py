"""The plain form of Ownvoice: JSON Lines, one thing that was said a line. docs/feedback.md describes its fields."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from ownvoice.feedback.formats import values
from ownvoice.feedback.said import Kind, Place, Said

NAME = "ownvoice"
TELLS = "each record has `kind`"
CONSENT = "`consent` of the record: true or false"

_Text = Annotated[str, BeforeValidator(lambda value: values.text(value) if isinstance(value, str) else value)]
_Name = Annotated[str, BeforeValidator(values.name)]


class _Turn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    role: Literal["system", "user", "assistant"]
    content: _Text = Field(min_length=1)


class OwnRecord(BaseModel):
    """A line of the plain form; `docs/write_formats.py` writes its fields into docs/feedback.md."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind = Field(description="What was done with the answer.")
    prompt: _Text | None = Field(None, description="What the answer answers, where it is one message.")
    messages: list[_Turn] | None = Field(
        None, description="The same as messages with `role` and `content`, the last of the user; instead of `prompt`."
    )
    answer: _Text = Field(description="The answer that was rated or edited, or the one that was preferred.")
    other: _Text | None = Field(None, description="What it was edited to, or the answer that was not preferred.")
    person: _Name = Field("", description="Who said it: any name that stays the same. It is stored salted.")
    at: dt.datetime | None = Field(None, description="When, in ISO 8601; without a zone it is UTC.")
    consent: bool | None = Field(None, description="Whether the person agreed that models are trained on it.")
    conversation: _Name = Field("", description="The conversation.")
    message_id: _Name = Field("", description="The answer's own id in it.")
    parent_id: _Name = Field("", description="The id of the message it answers; answers to one message are siblings.")
    model: _Text = Field("", description="The model that wrote the answer.")
    comment: _Text = Field("", description="What the person wrote about it.")
    tags: tuple[_Text, ...] = Field((), description="Words for it.")


def knows(record: Mapping[str, Any]) -> bool:
    """Whether a record is of the plain form."""
    return "kind" in record


def read(record: Mapping[str, Any], place: str) -> Iterator[Said]:
    """Yield what a line says. Raises `ValueError` that names each field that is not right."""
    try:
        one = OwnRecord.model_validate(record)
    except ValidationError as error:
        wrong = (f"{'.'.join(map(str, part['loc'])) or 'it'}: {part['msg']}" for part in error.errors())
        raise ValueError("; ".join(wrong)) from None
    if (one.prompt is None) == (one.messages is None):
        raise ValueError("it needs `prompt` or `messages`, one of the two")
    if (one.other is None) == (one.kind in (Kind.EDIT, Kind.CHOICE)):
        raise ValueError("`other` belongs to an edit and a choice, and to nothing else")
    asked = [("user", one.prompt)] if one.prompt is not None else [(m.role, m.content) for m in one.messages or ()]
    yield Said(
        kind=one.kind,
        place_in_file=place,
        at=Place(one.conversation, one.message_id, one.parent_id),
        turns=values.kept_turns(asked),
        answer=one.answer,
        other=one.other,
        person=one.person,
        said_at=values.moment(one.at),
        model=one.model,
        comment=one.comment,
        tags=one.tags,
        consent=one.consent,
    )
