"""When a version was last verified, and how that went: kept beside the tables, for people who look later."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ownvoice.dataset.verify import Verification
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import verification_key


def record_verification(lake: Lake, found: Verification) -> None:
    """Write down that a version was verified just now."""
    record = {
        "version": found.version,
        "passed": found.passed,
        "pairs": found.pairs,
        "failed": len(found.failed),
        "verified_at": dt.datetime.now(dt.UTC).isoformat(),
    }
    lake.write_json(verification_key(found.version), record)


def read_verification(lake: Lake, number: int) -> dict[str, Any] | None:
    """Return what was last written down about a version, or None."""
    return lake.read_record(verification_key(number), dict)
