"""Label Studio: the labelling interface and tasks of a project, and tasks with annotations, in its format "JSON".

Its `Pairwise` tag knows left and right alone, so the interface asks with `Choices`; a project that was made with
`Pairwise` is read all the same.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET

from pydantic import BaseModel, JsonValue, ValidationError

from ownvoice.reviewing.formats.exchange import (
    CHOICES,
    QUESTION,
    REASON,
    Response,
    Shown,
    ToolName,
    in_utc,
    what_is_wrong,
)
from ownvoice.reviewing.sample import ReviewRound


class _Data(BaseModel):
    round: str
    item_id: str
    prompt: str
    left: str
    right: str


class _Task(BaseModel):
    data: _Data
    annotations: list[JsonValue] = []


class _User(BaseModel):
    id: int


class _Annotation(BaseModel):
    """What one user did with a task; `lead_time` is in seconds."""

    completed_by: int | _User
    result: list[dict[str, JsonValue]] = []
    was_cancelled: bool = False
    lead_time: float | None = None
    updated_at: dt.datetime | None = None
    created_at: dt.datetime | None = None


class LabelStudio:
    """Label Studio's formats."""

    name: ToolName = "label_studio"
    export_with = "choose Export and the format JSON in the project, not JSON-MIN"

    def files(self, made: ReviewRound, items: Sequence[Shown], guideline: str) -> Mapping[str, bytes]:
        """Return the labelling interface, the tasks, and the guideline for the project's instructions."""
        tasks = [{"data": _data(made, item).model_dump()} for item in items]
        return {
            "interface.xml": _interface(),
            "tasks.json": json.dumps(tasks, ensure_ascii=False, indent=1).encode(),
            "instructions.md": guideline.encode(),
        }

    def responses(self, record: Any) -> Iterator[Response | str]:
        """Yield the annotations of a task."""
        try:
            task = _Task.model_validate(record)
        except ValidationError as error:
            raise ValueError(what_is_wrong(error)) from error
        item = Shown(task.data.item_id, task.data.prompt, task.data.left, task.data.right)
        for number, annotation in enumerate(task.annotations, 1):
            try:
                yield _response(task.data.round, item, _Annotation.model_validate(annotation))
            except ValidationError as error:
                yield f"annotation {number}: {what_is_wrong(error)}"


def _response(round_name: str, item: Shown, read: _Annotation) -> Response:
    user = read.completed_by.id if isinstance(read.completed_by, _User) else read.completed_by
    seconds = read.lead_time
    return Response(
        round_name,
        item,
        str(user),
        _said(read.result, "better", ("choices", "selected")).strip().lower().replace(" ", "_"),
        _said(read.result, "reason", ("text",)),
        not read.was_cancelled,
        seconds if seconds is not None and math.isfinite(seconds) and seconds >= 0 else None,
        in_utc(read.updated_at or read.created_at),
    )


def _said(result: Sequence[Mapping[str, JsonValue]], name: str, keys: Sequence[str]) -> str:
    """Return what a control of the interface holds, "" for nothing; several lines of a text area are one text."""
    for one in result:
        value = one.get("value")
        if one.get("from_name") == name and isinstance(value, dict):
            found = next((value[key] for key in keys if key in value), "")
            return "\n".join(map(str, found)) if isinstance(found, list) else str(found)
    return ""


def _data(made: ReviewRound, item: Shown) -> _Data:
    return _Data(round=made.round, item_id=item.item_id, prompt=item.prompt, left=item.left, right=item.right)


def _interface() -> bytes:
    """Return the labelling interface. Texts are data, never markup or an address that the browser would open."""
    view = ET.Element("View")
    ET.SubElement(view, "Header", value="Instruction")
    _text(view, "prompt")
    sides = ET.SubElement(view, "View", style="display: flex; gap: 1em")
    for name in ("left", "right"):
        side = ET.SubElement(sides, "View", style="flex: 1")
        ET.SubElement(side, "Header", value=CHOICES[name])
        _text(side, name)
    ET.SubElement(view, "Header", value=QUESTION)
    choices = ET.SubElement(
        view, "Choices", name="better", toName="prompt", choice="single", required="true", showInline="true"
    )
    for hotkey, (alias, value) in enumerate(CHOICES.items(), 1):
        ET.SubElement(choices, "Choice", value=value, alias=alias, hotkey=str(hotkey))
    ET.SubElement(view, "TextArea", name="reason", toName="prompt", placeholder=REASON, rows="2", maxSubmissions="1")
    ET.indent(view)
    return str(ET.tostring(view, encoding="unicode")).encode()


def _text(parent: ET.Element, name: str) -> None:
    ET.SubElement(parent, "Text", name=name, value=f"${name}", valueType="text", granularity="word")
