"""What Argilla 2.8 and Label Studio 1.23 write about the records and tasks that they were given."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple


class Said(NamedTuple):
    """What a user chose: "left", "right", "tie", "both_bad"; `status` as Argilla has it; `at` as Label Studio does."""

    user: int
    choice: str
    status: str = "submitted"
    reason: str = ""
    at: str = "2026-11-28T10:00:00.000000Z"


def argilla_records(files: Mapping[str, bytes], said: Mapping[str, Iterable[Said]]) -> list[dict[str, Any]]:
    """Return the records of `records.json` as `records.to_list(flatten=True)` does, with what users said by item."""
    return [_flat(record, list(said.get(record["id"], ()))) for record in json.loads(files["records.json"])]


def label_studio_tasks(files: Mapping[str, bytes], said: Mapping[str, Iterable[Said]]) -> list[dict[str, Any]]:
    """Return the tasks of `tasks.json` as the export "JSON" does, with what users said by item."""
    return [
        {"id": number, "annotations": [_annotation(one) for one in said.get(task["data"]["item_id"], ())]}
        | {"data": task["data"], "predictions": [], "drafts": [], "meta": {}, "project": 1}
        for number, task in enumerate(json.loads(files["tasks.json"]), 1)
    ]


def argilla_user(user: int) -> str:
    """Return the id that Argilla gives a user."""
    return f"65b01794-40bd-4355-bc2a-{user:012}"


def _flat(record: dict[str, Any], said: list[Said]) -> dict[str, Any]:
    flat = {
        "id": record["id"],
        "status": "completed",
        "_server_id": "9658b999",
        **record["fields"],
        **record["metadata"],
    }
    for question, answers in (("better", said), ("reason", [one for one in said if one.reason])):
        key = f"{question}.responses"
        values = [one.choice if question == "better" else one.reason for one in answers]
        flat |= {
            key: values or None,
            f"{key}.users": [argilla_user(one.user) for one in answers] or None,
            f"{key}.status": [one.status for one in answers] or None,
        }
    return flat


def _annotation(said: Said) -> dict[str, Any]:
    result = [_result("choices", "better", {"choices": [said.choice]})]
    if said.reason:
        result.append(_result("textarea", "reason", {"text": said.reason.split("\n")}))
    return {
        "id": 7,
        "completed_by": said.user,
        "result": [] if said.status == "discarded" else result,
        "was_cancelled": said.status == "discarded",
        "ground_truth": False,
        "created_at": said.at,
        "updated_at": said.at,
        "lead_time": 4.288,
    }


def _result(kind: str, name: str, value: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": "Dx_aB91ISN",
        "type": kind,
        "from_name": name,
        "to_name": "prompt",
        "origin": "manual",
        "value": value,
    }
