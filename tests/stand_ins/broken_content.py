"""Ways in which a model gets instructions wrong that are to carry the content of their quote (prompt version 3)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from ownvoice.triples.prompts import CONTENT_KINDS

Triple = dict[str, str]


def _carry(triple: Triple, change: Callable[[str], str]) -> Triple:
    ask, _, carried = triple["instruction"].partition("\n")
    return triple | {"instruction": f"{ask}\n{change(carried)}"}


BREAKS: dict[str, Callable[[Triple], Triple]] = {
    "no points": lambda triple: triple | {"instruction": triple["instruction"].partition("\n")[0]},
    "the quote itself": lambda triple: _carry(triple, lambda _: triple["extracted_answer"]),
    "no numbers": lambda triple: _carry(triple, lambda carried: re.sub(r"\d[\d,.]*\d|\d", "a few", carried)),
    "no names": lambda triple: _carry(triple, lambda carried: carried.replace("Ada", "somebody")),
    "much besides": lambda triple: _carry(triple, lambda carried: f"{carried}\n" * 6),
    "no kind that was asked for": lambda triple: triple | {"kind": "poem"},
}
"""By name, a change to one triple of kind brief or rewrite, as it stands in an answer."""


def break_content(answer: dict[str, Any], how: str) -> None:
    """Break every triple of a completion that carries content, in place; do nothing where `how` is empty."""
    if not how:
        return
    message = answer["choices"][0]["message"]
    triples = json.loads(message["content"])["preference_triples"]
    broken = [BREAKS[how](triple) if triple["kind"] in CONTENT_KINDS else triple for triple in triples]
    message["content"] = json.dumps({"preference_triples": broken}, ensure_ascii=False)
