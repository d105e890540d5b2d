"""A stand-in for the Hugging Face Hub: repositories in memory, behind the paths that the clients call.

Models and datasets alike: `huggingface_hub` writes to it, `datasets` reads from it.

A test may order faults: `hub.fail("PUT", "/lfs/", status=500)`, `drop=True` for a connection that breaks off, or
`lost=True` for one that breaks off when all is done and only the answer is missing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from stand_ins.hub_repository import Repository

WRITER, READER = "hf_may-write-0123456789", "hf_may-read-0123456789"


@dataclass
class Fault:
    """What happens to the next `times` requests of a method whose path holds `path`.

    `drop` breaks the connection off, `lost` does so when the request is done; else `status` and `body` are the answer.
    """

    method: str
    path: str
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = b"<html>ordered by a test</html>"  # what stands in front of a server does not speak JSON
    drop: bool = False
    lost: bool = False
    times: int = 1


class StandInHub:
    """The server's whole state, which tests look at."""

    def __init__(self) -> None:
        self.url = ""
        self.repositories: dict[str, Repository] = {}
        self.objects: dict[str, bytes] = {}
        self.requests: list[str] = []
        self.received_bytes = 0
        self.faults: list[Fault] = []
        self.owners = {"ann"}

    def fail(self, method: str, path: str, **fault: Any) -> None:
        """Let the next requests to a path meet a fault; see `Fault` for the fields."""
        self.faults.append(Fault(method, path, **fault))

    def fault_for(self, method: str, path: str) -> Fault | None:
        """Return the fault that a request meets, and count it; None for none."""
        for fault in self.faults:
            if fault.times and fault.method == method and fault.path in path:
                fault.times -= 1
                return fault
        return None

    def count(self, pattern: str) -> int:
        """Return how many requests, written as "METHOD path", match a pattern."""
        return sum(bool(re.search(pattern, request)) for request in self.requests)
