"""Rows of `tables/imported`, and imports of known sets, for tests."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ownvoice.imports.import_set import Run, import_set
from ownvoice.imports.report import ImportReport
from ownvoice.imports.screen import read_screen
from ownvoice.imports.sets import KNOWN_SETS
from ownvoice.imports.source import open_source
from ownvoice.imports.table import row_id
from ownvoice.states import ProvenanceClass
from ownvoice.storage.lake import Lake
from ownvoice.storage.rows import ImportedRow, Message
from stand_ins.places import TESTS

RUN = Run("import", dt.datetime(2026, 4, 1, tzinfo=dt.UTC))
RECORDED = TESTS / "recorded" / "imports"


def recorded(name: str) -> list[dict[str, Any]]:
    """Return the recorded rows of a set, each with what becomes of it; the words were written for these tests."""
    return [json.loads(line) for line in (RECORDED / f"{name}.jsonl").read_text().split("\n") if line]


def recorded_rows(name: str) -> list[dict[str, Any]]:
    """Return the recorded rows of a set as its source has them."""
    return [case["row"] for case in recorded(name)]


def imported(
    lake: Lake, name: str, path: Path | None, revision: str | None = None, evaluation_sets: Sequence[str] = ()
) -> ImportReport:
    """Import a set from a path, or from the Hub where that is None."""
    known = KNOWN_SETS[name]
    source = open_source(lake, known, str(path) if path else None, revision)
    return import_set(lake, known, source, read_screen(lake, evaluation_sets), RUN)


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
