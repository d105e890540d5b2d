"""The proof of rows of feedback: each row's own hash, and the records of the exports that they were made from.

A record is found by its hash alone, since exports are renamed and repacked. One that is in no export any more is no
fault: exports are deleted, and the lake is then what knows of them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from ownvoice.feedback.propose import FEEDBACK_SET
from ownvoice.feedback.read_source import SourceRead, read_source
from ownvoice.imports.table import read_imported
from ownvoice.imports.verify import ImportProof, verify_imported
from ownvoice.storage.lake import Lake
from ownvoice.storage.stores import ObjectStore


def verify_feedback(lake: Lake, source: ObjectStore | None) -> ImportProof:
    """Prove the rows of the set `feedback` against the exports in `source`, or by their own hashes alone."""
    proof = verify_imported(lake, FEEDBACK_SET, None, None)
    if source is None:
        return replace(proof, not_compared={FEEDBACK_SET: "no exports were named: set OWNVOICE_FEEDBACK"})
    there = {found.sha256 for found, _ in read_source(source, SourceRead())}
    rows = list(read_imported(lake, sets=[FEEDBACK_SET]))
    gone = Counter(row["import_id"] for row in rows if row["source_sha256"] not in there)
    return replace(
        proof,
        compared=len(rows) - gone.total(),
        sources=[source.uri],
        not_compared={name: f"the records of {count} rows are in no export any more" for name, count in gone.items()},
    )
