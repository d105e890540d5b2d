"""Argilla 2: the settings and records of a dataset, and records with responses.

`records.to_list(flatten=True)` and `to_datasets()` give `<question>.responses` with `.users` and `.status`, each a list
with a place for each user. The nested form, which `to_json` writes, leaves the status out: a draft looks like an answer
there, so nothing is taken from it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from ownvoice.reviewing.formats.exchange import CHOICES, QUESTION, REASON, Response, Shown, ToolName, what_is_wrong
from ownvoice.reviewing.sample import ReviewRound

_WITHOUT_STATUS = "its responses do not say whether they were submitted"


class _Record(BaseModel):
    """A flat record. A user who left a question out has no place in the lists of that question."""

    id: str
    round: str
    prompt: str
    left: str
    right: str
    choices: list[str | None] | None = Field(None, alias="better.responses")
    users: list[str] | None = Field(None, alias="better.responses.users")
    statuses: list[str | None] | None = Field(None, alias="better.responses.status")
    reasons: list[str | None] | None = Field(None, alias="reason.responses")
    reason_users: list[str] | None = Field(None, alias="reason.responses.users")


class Argilla:
    """Argilla's formats."""

    name: ToolName = "argilla"
    export_with = "write json.dumps(dataset.records(with_responses=True).to_list(flatten=True)) to a file"

    def files(self, made: ReviewRound, items: Sequence[Shown], guideline: str) -> Mapping[str, bytes]:
        """Return `settings.json` for `rg.Settings.from_json`, and `records.json` for `dataset.records.from_json`."""
        records = [_record(made, item) for item in items]
        return {"settings.json": _json(_settings(guideline)), "records.json": _json(records)}

    def responses(self, record: Any) -> Iterator[Response | str]:
        """Yield the responses of a flat record."""
        if isinstance(record, dict) and isinstance(record.get("responses"), dict):
            if record["responses"]:
                raise ValueError(_WITHOUT_STATUS)
            return
        try:
            read = _Record.model_validate(record)
        except ValidationError as error:
            raise ValueError(what_is_wrong(error)) from error
        item = Shown(read.id, read.prompt, read.left, read.right)
        reasons = dict(zip(read.reason_users or [], read.reasons or [], strict=False))
        if read.choices and read.statuses is None:
            raise ValueError(_WITHOUT_STATUS)
        columns = read.choices or [], read.users or [], read.statuses or []
        if len({len(column) for column in columns}) > 1:
            raise ValueError("better.responses, .users and .status are not of one length")
        for choice, user, status in zip(*columns, strict=True):
            is_submitted = status == "submitted"
            yield Response(read.round, item, user, choice or "", reasons.get(user) or "", is_submitted)


def _record(made: ReviewRound, item: Shown) -> dict[str, Any]:
    fields = {"prompt": item.prompt, "left": item.left, "right": item.right}
    rest: dict[str, Any] = {"suggestions": {}, "responses": {}, "vectors": {}}
    return {"id": item.item_id, "fields": fields, "metadata": {"round": made.round}, **rest}


def _settings(guideline: str) -> dict[str, Any]:
    return {
        "guidelines": guideline,
        "fields": [_field("prompt", "Instruction"), _field("left", "Left"), _field("right", "Right")],
        "questions": [
            {
                "name": "better",
                "title": QUESTION,
                "required": True,
                "settings": {
                    "type": "label_selection",
                    "options": [{"value": value, "text": text, "description": None} for value, text in CHOICES.items()],
                    "visible_options": len(CHOICES),
                },
            },
            {
                "name": "reason",
                "title": REASON,
                "required": False,
                "settings": {"type": "text", "use_markdown": False},
            },
        ],
        "metadata": [
            {
                "name": "round",
                "title": "Round",
                "settings": {"type": "terms", "values": None},
                "visible_for_annotators": False,
            }
        ],
        "vectors": [],
        "allow_extra_metadata": False,
        "distribution": {"strategy": "overlap", "min_submitted": 1},
    }


def _field(name: str, title: str) -> dict[str, Any]:
    return {"name": name, "title": title, "required": True, "settings": {"type": "text", "use_markdown": False}}


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()
