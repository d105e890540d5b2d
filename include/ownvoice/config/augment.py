"""The kinds of prompts that a recipe may have written for proved quotes, besides the one that a quote came with."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field


class AugmentKind(StrEnum):
    """What a further prompt is to the first one; the names are stable: tables and reports carry them."""

    HARDER = "harder"
    NARROWER = "narrower"
    OTHER_REGISTER = "other_register"
    PERSONA = "persona"
    BACK_TRANSLATION = "back_translation"  # made from the quote alone


def _read_kinds(value: Any) -> Any:
    """Read a JSON list, or names separated by commas; each kind counts once, and none at all is None."""
    if isinstance(value, str):
        value = json.loads(value) if value.strip().startswith("[") else value.replace(",", " ").split()
    return tuple(dict.fromkeys(value)) or None if value is not None else None


AugmentKinds = Annotated[tuple[AugmentKind, ...] | None, BeforeValidator(_read_kinds)]

AUGMENT = Field(
    None,
    description="Further prompts for each proved quote of the train side, by kind: `harder`, `narrower`, "
    "`other_register`, `persona`, `back_translation` (from the quote alone), as a JSON list or separated by commas. "
    "One is kept where the quote still answers it; the second model answers it. Empty: none is written.",
)
