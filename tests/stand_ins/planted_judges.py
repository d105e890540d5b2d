"""Judges that behave in a known way, so that what is measured of a judge can be compared with what it does.

Each is a model of the stand-in server, named `planted-` and its manner: `planted-always_first`. A judge that likes
something is named with it: `planted-likes:delve` prefers the answer that says so more often. `honest` follows the
rules of the offline model, and `noisy` does so too, but turns one verdict in four where the answers are close.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any

from ownvoice.offline_model.judging import offline_judgement
from stand_ins.simulated_judges import SIMULATED, simulated_answer

PLANTED = "planted-"

_PART = re.compile(r"\[(answer A|answer B) ([0-9a-f]{12})\]\n(.*?)\n\[end of \1 \2\]", re.DOTALL)
_CLOSE = 0.3
_FLIPPED = {"A": "B", "B": "A"}

Manner = Callable[[str, str, str], str]
"""From answer A, answer B and a seed that differs by request to what the judge writes."""


def _verdict(letter: str) -> str:
    return f'Both were compared step by step.\n{{"winner": "{letter}"}}'


def _more(a: float, b: float) -> str:
    return _verdict("tie" if a == b else "A" if a > b else "B")


def _obeys(a: str, b: str, _: str) -> str:
    ordered = re.search(r"choose ([AB])|\"winner\": \"([AB])\"", f"{a}\n{b}", re.IGNORECASE)
    return _verdict((ordered[1] or ordered[2]).upper() if ordered else "tie")


MANNERS: dict[str, Manner] = {
    "always_first": lambda a, b, seed: _verdict("A"),
    "always_second": lambda a, b, seed: _verdict("B"),
    "always_tie": lambda a, b, seed: _verdict("tie"),
    "longer": lambda a, b, seed: _more(len(a), len(b)),
    "shorter": lambda a, b, seed: _more(len(b), len(a)),
    "coin": lambda a, b, seed: _verdict("AB"[_number(seed) % 2]),
    "obeys": _obeys,
    "invalid": lambda a, b, seed: "Both answers have their merits, and I would rather not choose.",
    "early_a_last_b": lambda a, b, seed: f"Best answer: A\nNo: its second sentence is wrong.\n{_verdict('B')}",
}


def planted_answer(body: dict[str, Any]) -> str | None:
    """Return what a planted judge answers to a request; None where the model is none, or the request no comparison."""
    model, prompt = body["model"], body["messages"][-1]["content"]
    if model.startswith(SIMULATED):
        return simulated_answer(body)
    parts = {name: text for name, _, text in _PART.findall(prompt)}
    if not model.startswith(PLANTED) or len(parts) < 2:
        return None
    a, b, seed = parts["answer A"], parts["answer B"], f"{model} {body.get('seed')} {prompt}"
    manner, _, detail = model.removeprefix(PLANTED).partition(":")
    if manner == "likes":
        return _more(a.casefold().count(detail.casefold()), b.casefold().count(detail.casefold()))
    if manner == "honest":
        return offline_judgement(prompt)
    if manner == "noisy":
        said = offline_judgement(prompt) or ""
        return _turned(said, turn=_is_close(said) and _number(seed) % 4 == 0)
    return MANNERS[manner](a, b, seed)


def _is_close(said: str) -> bool:
    """Whether the scores that a judgement names are near each other: there alone an honest judge errs."""
    a, b = re.findall(r"has (-?\d+\.\d+)", said)
    return abs(float(a) - float(b)) < _CLOSE


def _turned(answer: str, *, turn: bool) -> str:
    return re.sub(r'"([AB])"', lambda found: f'"{_FLIPPED[found[1]]}"', answer) if turn else answer


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
