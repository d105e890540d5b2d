"""The keys that imports of known sets write in the lake; `layout.py` has the others."""

from __future__ import annotations

IMPORTS = "imports"  # a folder for each set and revision


def import_report_key(import_id: str) -> str:
    """Return the key of the report of an import."""
    return f"{IMPORTS}/{import_id}/report.json"


def contradictions_key(import_id: str) -> str:
    """Return the key of the pairs of answers about which an import and another row say opposite things."""
    return f"{IMPORTS}/{import_id}/contradictions.parquet"
