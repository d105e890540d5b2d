"""How a command prints its result."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any


def print_result(lines: Iterable[str], value: Any, as_json: bool) -> None:
    """Print `value` as JSON, or `lines`, which say the same to people."""
    if as_json:
        print(json.dumps(value, ensure_ascii=False, indent=1, default=str))
    else:
        print("\n".join(lines))
