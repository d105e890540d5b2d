"""The shares of a mixture as a recipe holds them, in one form, and the draw of a share. Pure.

TRL's DPO has no weight for a row, so that a share is a draw of whole rows: those whose keyed hash is lowest. A larger
share of the same seed holds the smaller one, and a set that grows keeps what was drawn of it but for the last rows.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable, Sequence
from typing import Annotated

from pydantic import AfterValidator, Field

OWN = "own"
"""The name of the author's own pairs in a mixture; the other names are those of sets in `tables/imported`."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")


def as_mixture(value: object) -> object:
    """Return what a form, a file or a command line gives for a mixture, for pydantic to check.

    Text is JSON or, where commas have another meaning, `own:1+capybara:0.1`; what is emptied is None.
    """
    if not isinstance(value, str):
        return value or None
    text = value.strip()
    if text.startswith("{"):
        try:
            return json.loads(text, object_pairs_hook=_each_once) or None
        except json.JSONDecodeError:
            return text  # which pydantic then names
    shares = [one.partition(":") for one in text.split("+") if one.strip()]
    return _each_once([(name.strip(), share.strip()) for name, _, share in shares]) or None


def _each_once(shares: Sequence[tuple[str, object]]) -> dict[str, object]:
    found = dict(shares)
    if len(found) < len(shares):
        raise ValueError(f"a set has two shares, of {', '.join(name for name, _ in shares)}: name each once")
    return found


def _canonical(mixture: dict[str, float]) -> dict[str, float] | None:
    """Return the one form of equal mixtures, so that they have one recipe id; None where it is the own pairs alone."""
    for name in mixture:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a set: write it as `ownvoice imports list` does")
    shares = {OWN: 1.0} | {name: share for name, share in sorted(mixture.items()) if share or name == OWN}
    if not any(shares.values()):
        raise ValueError("every share is 0, so that nothing would be trained on")
    return None if shares == {OWN: 1.0} else shares


Share = Annotated[float, Field(ge=0, le=1)]
Mixture = Annotated[dict[str, Share], AfterValidator(_canonical)]
"""The share of each set by its name, `own` first; a set with a share of 0 is left out of it."""


def drawn(row_ids: Iterable[str], share: float, seed: int) -> list[str]:
    """Return the ids of so large a share of the rows, at least one where it is not 0, in their order by id."""
    ranked = sorted(set(row_ids), key=lambda row_id: hashlib.sha256(f"{seed}:{row_id}".encode()).digest())
    return sorted(ranked[: math.ceil(round(share * len(ranked), 6)) or math.ceil(share)])
