"""Rows of `tables/imported` for tests."""

from __future__ import annotations

import datetime as dt

from ownvoice.imports.table import row_id
from ownvoice.states import ProvenanceClass
from ownvoice.storage.rows import ImportedRow, Message


def imported_row(set_name: str, words: str, **changes: object) -> ImportedRow:
    """Return a row of a set whose prompt and answers are made of `words`; `changes` come before its id is made."""
    prompt: list[Message] = [{"role": "user", "content": f"What of {words}?"}]
    row: ImportedRow = {
        "row_id": "",
        "set": set_name,
        "revision": "0" * 40,
        "licence": "MIT",
        "import_id": f"{set_name}@{'0' * 40}",
        "source_file": "rows.jsonl",
        "source_row": 1,
        "source_sha256": "0" * 64,
        "provenance_class": ProvenanceClass.HUMAN_PREFERENCE,
        "prompt_messages": prompt,
        "chosen": f"This of {words}.",
        "rejected": f"That of {words}.",
        "author_id": None,
        "person": None,
        "score_margin": None,
        "imported_by_run": "import",
        "imported_at": dt.datetime(2026, 4, 1, tzinfo=dt.UTC),
    }
    row |= changes  # type: ignore[typeddict-item]
    row["row_id"] = row_id(set_name, row["prompt_messages"], row["chosen"], row["rejected"])
    return row
