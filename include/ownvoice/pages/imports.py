"""`/imports`: what was imported of known preference sets, and what became of their rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

from ownvoice.imports.drops import IMPORT_DROPS
from ownvoice.imports.report import ImportReport, stored_reports
from ownvoice.imports.table import rows_by_set
from ownvoice.storage.lake import Lake


class ImportsPage(TypedDict):
    """The reports, the newest first; `rows` are those that the table holds now, by set; `meanings` are of the drops."""

    reports: Sequence[ImportReport]
    rows: Mapping[str, int]
    meanings: Mapping[str, str]


def imports_page(lake: Lake) -> ImportsPage:
    """Return the imports of a lake."""
    meanings = {one.name: one.meaning for one in IMPORT_DROPS}
    return {"reports": stored_reports(lake), "rows": rows_by_set(lake), "meanings": meanings}
