"""Models of the stand-in server that reword what they are sent: one well, and others in ways that are of no use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

WAYS: dict[str, Callable[[str], str]] = {
    "rewords": lambda text: f"To put it otherwise: {text[0].lower()}{text[1:]}",
    "rewords-alike": lambda text: "One and the same.",
    "rewords-in-lines": lambda text: f"Here it is:\n{text}",
    "rewords-as-is": lambda text: text,
}


def reworded_answer(body: dict[str, Any]) -> str | None:
    """Return what a rewording model answers to a request; None where the model is none."""
    way = WAYS.get(body["model"])
    return way(body["messages"][-1]["content"]) if way else None
