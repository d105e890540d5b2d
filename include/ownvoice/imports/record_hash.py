"""The hash of a row as it stands in its source."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def record_sha256(record: Any) -> str:
    """Return the SHA-256 (64 hex digits) of the canonical JSON of `record`: sorted keys, no spaces, dates as text."""
    canonical = json.dumps(record, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()
