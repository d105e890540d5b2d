"""How a run asks: what has to change before a chunk that was refused is worth asking about again."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from ownvoice.config.recipe import TOLD_JUDGES, TOLD_SECOND_MODEL
from ownvoice.config.run import RefreshRun

_OF_NO_REQUEST = {
    *("min_chosen_chars", "languages", "cleaning", "min_chunk_chars", "max_chunk_chars"),
    *TOLD_SECOND_MODEL,
    *TOLD_JUDGES,
}


def request_way(run: RefreshRun) -> str:
    """Return a name for endpoints, models, parameters and prompt: a request that was refused may pass another way."""
    second = run.recipe.rejected_by
    excluded = _OF_NO_REQUEST | ({"rejected_by"} if second and not second.is_at_endpoint else set())
    return _name("request", run.recipe.model_dump(exclude_none=True, exclude=excluded), _addresses(run))


def model_way(run: RefreshRun) -> str:
    """Return a name for endpoints and models alone: what moderation refused may pass at another model."""
    return _name("model", list(dict.fromkeys(one.model for one in run.recipe.writers)), _addresses(run))


def _addresses(run: RefreshRun) -> dict[str, str]:
    """Return where answers are asked for; where judges are asked makes no other answer."""
    endpoints = {one.endpoint for one in run.recipe.writers}
    return {name: address for name, address in run.addresses.items() if name in endpoints}


def _name(kind: str, *parts: Any) -> str:
    return f"{kind}-{hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]}"
