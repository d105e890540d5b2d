"""The errors of servers as they were recorded: what a server sends for each fault, and what must come of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from stand_ins.places import TESTS


@dataclass(frozen=True)
class EndpointError:
    """One recorded error: HTTP status, headers that matter and body. `{key}` in its words is the key that was sent.

    `means` is the failure or fault that must come of it, or a part of the sentence that ends the night.
    `source` says where it was met.
    """

    server: str
    fault: str
    status: int
    body: Any
    means: str
    source: str
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The server and the fault, as a test or a switch names them."""
        return f"{self.server}: {self.fault}"

    def body_for(self, key: str) -> Any:
        """Return the body as it answers a request with that key."""
        return json.loads(json.dumps(self.body).replace("{key}", key))


ENDPOINT_ERRORS = {
    error.name: error
    for recorded in json.loads((TESTS / "recorded" / "endpoint_errors.json").read_text())
    if (error := EndpointError(**recorded))
}
"""Every recorded error by its name."""
