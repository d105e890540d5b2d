"""Object Lock: why a bucket keeps a version of an object although it was asked to remove it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError


def locked_because(client: Any, version: Mapping[str, str]) -> str:
    """Return what holds a version of an object (`Bucket`, `Key`, `VersionId`), with its date; empty for nothing."""
    try:
        found = client.head_object(**version)
    except ClientError:
        return ""
    reasons = []
    if mode := found.get("ObjectLockMode"):
        until = str(found["ObjectLockRetainUntilDate"])[:16].replace("T", " ")  # a text where a server's form is odd
        reasons.append(f"Object Lock ({mode.lower()}) until {until} UTC")
    if found.get("ObjectLockLegalHoldStatus") == "ON":
        reasons.append("a legal hold, which has no end of its own")
    return " and ".join(reasons)
