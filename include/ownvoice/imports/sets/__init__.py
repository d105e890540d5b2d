"""The known sets, one module a declaration; `KNOWN_SETS` has them by name."""

from __future__ import annotations

from ownvoice.errors import SettingsError
from ownvoice.imports.known_set import KnownSet
from ownvoice.imports.sets import (
    arena,
    capybara,
    distilabel_intel_orca,
    helpsteer3,
    hh_rlhf,
    llmtwin_dpo,
    orca_dpo_pairs,
    orpo_dpo_mix,
    summarize_from_feedback,
    tulu3_mixture,
    ultrafeedback,
)

_DECLARED = (
    hh_rlhf.SET,
    summarize_from_feedback.SET,
    orca_dpo_pairs.SET,
    distilabel_intel_orca.SET,
    capybara.SET,
    ultrafeedback.BINARIZED,
    ultrafeedback.CLEANED,
    orpo_dpo_mix.SET,
    llmtwin_dpo.SET,
    helpsteer3.SET,
    tulu3_mixture.SET,
    arena.SET,
)
KNOWN_SETS: dict[str, KnownSet] = {one.name: one for one in _DECLARED}


def known_set(name: str) -> KnownSet:
    """Return a set by its name or its repository. Raises `SettingsError` for another name."""
    wanted = name.strip().lower()
    found = next((one for one in _DECLARED if wanted in (one.name, one.repo.lower())), None)
    if found is None:
        raise SettingsError(f"{name!r} is no known set. Name one of {', '.join(KNOWN_SETS)}.")
    return found
