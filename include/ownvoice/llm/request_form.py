"""The form in which a model takes a request, found out from what it refuses.

Some models want a field under another name or not at all, and say so with the first request. The answer is stored under
the key of the request as the recipe has it, so that no key depends on what a server happens to take.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Fields = Mapping[str, Any]


def _as_max_completion_tokens(body: Fields) -> Fields:
    return {"max_completion_tokens" if name == "max_tokens" else name: value for name, value in body.items()}


def _without(field: str) -> Callable[[Fields], Fields]:
    return lambda body: {name: value for name, value in body.items() if name != field}


CHANGES: dict[str, Callable[[Fields], Fields]] = {
    "max_tokens": _as_max_completion_tokens,
    "temperature": _without("temperature"),
    "seed": _without("seed"),  # the draws of a model that takes none still differ, by its temperature
}
"""What is sent instead of a field that a model does not take, by the field; reasoning models take none of these."""


@dataclass(slots=True)
class RequestForm:
    """The fields of `CHANGES` that one model has refused, shared by its requests in flight."""

    not_taken: frozenset[str] = frozenset()

    def body(self, body: Fields) -> Fields:
        """Return `body` as the model takes it."""
        for field in sorted(self.not_taken):
            body = CHANGES[field](body)
        return body

    def refuse(self, field: str, sent: frozenset[str]) -> bool:
        """Note that the model does not take `field`; say whether there is another form to send.

        `sent` is `not_taken` as it was when the refused request went out: others may have learned of it meanwhile.
        """
        if field not in CHANGES or field in sent:
            return False
        self.not_taken |= {field}
        return True
