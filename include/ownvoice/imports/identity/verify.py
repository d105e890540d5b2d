"""The proof of identity rows: against the pairs as they were made, which the lake keeps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from ownvoice.errors import DamagedError
from ownvoice.imports.identity.record import IDENTITY_SET
from ownvoice.imports.record_hash import record_sha256
from ownvoice.imports.table import read_imported
from ownvoice.imports.verify import ImportProof, verify_imported
from ownvoice.storage.damage import readable
from ownvoice.storage.lake import Lake


def verify_identity(lake: Lake) -> ImportProof:
    """Prove the rows of the set `identity`."""
    rows = list(read_imported(lake, sets=[IDENTITY_SET]))
    proof = verify_imported(lake, IDENTITY_SET, None, None)
    faults = list(proof.faults)
    for key in sorted({row["source_file"] for row in rows}):
        try:
            there = dict(enumerate(_hashes(lake, key), 1))
        except DamagedError as error:
            faults.append(str(error))
            continue
        faults += [
            f"row {row['row_id']}: line {row['source_row']} of {key} is not the one that it was made from"
            for row in rows
            if row["source_file"] == key and there.get(row["source_row"]) != row["source_sha256"]
        ]
    return replace(proof, compared=len(rows), sources=sorted({row["source_file"] for row in rows}), faults=faults)


def _hashes(lake: Lake, key: str) -> Iterator[str]:
    data = lake.store.read(key)
    with readable(lake.uri, key):
        yield from (record_sha256(json.loads(line)) for line in (data or b"").splitlines())
