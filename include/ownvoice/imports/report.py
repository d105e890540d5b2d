"""The report of an import: what was pinned, and what became of every row."""

from __future__ import annotations

import datetime as dt

from pydantic import BaseModel

from ownvoice.storage.import_keys import IMPORTS, import_report_key
from ownvoice.storage.lake import Lake


class DropExample(BaseModel):
    """One dropped row, by its place in the source."""

    file: str
    row: int
    detail: str


class ImportReport(BaseModel):
    """What became of the rows of a set at a revision: `rows` is `kept` and all of `dropped` together.

    `kept` rows are in `tables/imported`; `added` of them were not before. `withdrawn` counts rows of earlier imports,
    by set, that a row of this one contradicts. `file_rows` is how many rows each file has, as they were counted.
    """

    set: str
    import_id: str
    revision: str
    place: str
    licence: str
    provenance_class: str
    file_rows: dict[str, int]
    rows: int
    kept: int
    added: int
    dropped: dict[str, int]
    examples: dict[str, list[DropExample]]
    withdrawn: dict[str, int]
    run_id: str
    started_at: dt.datetime


def stored_report(lake: Lake, import_id: str) -> ImportReport | None:
    """Return the report of an import; None where there was none."""
    return lake.read_record(import_report_key(import_id), ImportReport.model_validate)


def stored_reports(lake: Lake) -> list[ImportReport]:
    """Return the reports of all imports, the newest first."""
    keys = [one.key for one in lake.store.objects(IMPORTS) if one.key.endswith("/report.json")]
    found = [lake.read_record(key, ImportReport.model_validate) for key in keys]
    return sorted(filter(None, found), key=lambda one: one.started_at, reverse=True)
