"""The digest of a version: over its logical rows, whatever their files and order.

A lattice hash (LtHash: Bellare and Micciancio 1997; Lewi et al. 2019): every row becomes 1,024 lanes of 16 bits, and
a set of rows is the sum of its rows, lane by lane, modulo 2^16. Rows can be added and taken away, so that a commit
costs what the run changed; the digest people read is the SHA-256 of the sum.

The digest covers which rows are trained on, how a rejected answer was drawn, and what people wrote. A row that was
never balanced, of which one answer was drawn, or that nobody changed says nothing of it, so that its version has the
digest that it had before there were such columns.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Lattice = npt.NDArray[np.uint16]

_LANES = 1024
_LEFT_OUT: dict[str, str | None] = {
    **dict.fromkeys(("selected", "selected_reason", "rejected_draw", "rejected_draws", "rejected_cut")),
    **dict.fromkeys(("rejected_source", "review_id", "prompt_request_key", "augment_kind", "augmented_from")),
    "provenance_class": "verbatim",
}
"""Columns that came later, each with the value of the rows of before."""


def empty_lattice() -> Lattice:
    """Return the sum over no rows."""
    return np.zeros(_LANES, dtype=np.uint16)


def lattice_of(rows: Iterable[Mapping[str, Any]]) -> Lattice:
    """Return the sum over `rows`; equal rows give equal sums in any order."""
    total = empty_lattice()
    for row in rows:
        expanded = hashlib.shake_128(_canonical(row)).digest(2 * _LANES)
        total += np.frombuffer(expanded, dtype="<u2")
    return total


def digest_of(lattice: Lattice) -> str:
    """Return the 64 hex digits that name a set of rows."""
    return hashlib.sha256(lattice.astype("<u2").tobytes()).hexdigest()


def to_text(lattice: Lattice) -> str:
    """Write a lattice as text, for the commit record."""
    return base64.b64encode(lattice.astype("<u2").tobytes()).decode()


def from_text(text: str) -> Lattice:
    """Read what `to_text` wrote."""
    return np.frombuffer(base64.b64decode(text), dtype="<u2").astype(np.uint16)


def _canonical(row: Mapping[str, Any]) -> bytes:
    said = {name: value for name, value in row.items() if name not in _LEFT_OUT or value != _LEFT_OUT[name]}
    return json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str).encode()


def is_digest(digest: str, left: Lattice, withdrawn: Iterable[str] = ()) -> bool:
    """Whether `digest` names the rows whose sum is `left`, and those that were withdrawn, by their sums as text."""
    return digest_of(sum(map(from_text, withdrawn), left)) == digest
