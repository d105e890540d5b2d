"""Recording identity pairs in tables/imported, as the set `identity`; a lake has one identity at a time.

identity/<revision>.jsonl   the pairs as they were made: what the rows are re-hashed against
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from ownvoice.imports.identity.make import IdentityPair
from ownvoice.imports.record_hash import record_sha256
from ownvoice.imports.table import read_imported, record_imported, row_id, withdraw_imported
from ownvoice.states import ProvenanceClass
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import identity_key
from ownvoice.storage.rows import ImportedRow

IDENTITY_SET = "identity"
"""The name of the set in tables/imported."""

LICENCE = "of the lake's owner"


@dataclass(frozen=True, slots=True)
class IdentityRecorded:
    """What was recorded: `rows` are new, and `withdrawn` those of an earlier identity."""

    import_id: str
    key: str
    rows: int
    withdrawn: int


def record_identity(lake: Lake, pairs: Sequence[IdentityPair], run: str) -> IdentityRecorded:
    """Record pairs, in the place of those that were recorded before; done again, it changes nothing."""
    records = [asdict(one) for one in pairs]
    data = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records).encode()
    revision = hashlib.sha256(data).hexdigest()
    key = identity_key(revision)
    lake.store.create(key, data)
    at = dt.datetime.now(dt.UTC)
    rows: list[ImportedRow] = [
        {
            "row_id": row_id(IDENTITY_SET, one.prompt, one.chosen, one.rejected),
            "set": IDENTITY_SET,
            "revision": revision,
            "licence": LICENCE,
            "import_id": f"{IDENTITY_SET}@{revision}",
            "source_file": key,
            "source_row": number,
            "source_sha256": record_sha256(record),
            "provenance_class": ProvenanceClass.IDENTITY,
            "prompt_messages": list(one.prompt),
            "chosen": one.chosen,
            "rejected": one.rejected,
            "author_id": None,
            "person": None,
            "score_margin": None,
            "imported_by_run": run,
            "imported_at": at,
        }
        for number, (one, record) in enumerate(zip(pairs, records, strict=True), 1)
    ]
    return _replace(lake, rows, key)


def _replace(lake: Lake, rows: Sequence[ImportedRow], key: str) -> IdentityRecorded:
    """Record rows and withdraw all others of the set; the new ones come first, so that there is never no identity."""
    wanted = {row["row_id"] for row in rows}
    added = record_imported(lake, rows)
    others = [row["row_id"] for row in read_imported(lake, sets=[IDENTITY_SET]) if row["row_id"] not in wanted]
    return IdentityRecorded(rows[0]["import_id"], key, added, withdraw_imported(lake, others))
