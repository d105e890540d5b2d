"""A report of a refresh that did nothing, for tests to fill in what they are about."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ownvoice.dataset.refresh_report import RefreshReport, ReportedAudit

_AT = dt.datetime(2026, 4, 1, 2, tzinfo=dt.UTC)
_NOTHING = {"tokens": 0, "cost_usd": None}
_EMPTY: dict[str, Any] = {
    "run_id": "night",
    "refresh_date": _AT.date(),
    "dry_run": False,
    "recipe_id": "recipe",
    "recipe": {},
    "articles": {},
    "quarantined": [],
    "planned": dict.fromkeys(
        ("articles", "chunks", "deferred", "estimated_prompt_tokens", "most_completion_tokens"), 0
    ),
    "chunks": dict.fromkeys(("total", "answered", "reused", "deferred", "dead"), 0),
    "triples": {"total": 0, "kept": 0, "dropped": {}},
    "tokens": {"prompt": 0, "completion": 0},
    "spend": {
        "budget": {"tokens": None, "cost_usd": None},
        "planned": _NOTHING,
        "spent": _NOTHING,
        "reserved_tokens": 0,
        "wasted_tokens": 0,
    },
    "pairs": {"added": 0, "retired": 0, "total": 0},
    "version": None,
    "started_at": _AT,
    "ended_at": _AT,
    "duration_s": 0.0,
    "failed_batches": [],
    "verdict": "pass",
}


def report_with(**parts: Any) -> RefreshReport:
    """Return the report with `parts`; a part that is a dict is laid over the empty one."""
    given = {
        name: _EMPTY[name] | part if isinstance(part, dict) and name in _EMPTY else part for name, part in parts.items()
    }
    return RefreshReport.model_validate(_EMPTY | given)


def audit_with(**parts: Any) -> ReportedAudit:
    """Return an audit that passes, with `parts`."""
    return ReportedAudit(
        **{
            "name": "authors",
            "scope": "version",
            "verdict": "pass",
            "numbers": {},
            "threshold": 0.5,
            "sentence": "",
            "advice": "",
        }
        | parts
    )
