"""Fields that describe one article from outside its text: front matter above it, or a sidecar beside its object."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import yaml

from ownvoice.articles.article import Reason, UnreadableError
from ownvoice.articles.formats.fields import field_of
from ownvoice.articles.formats.opened import Fields, decoded
from ownvoice.config.source_rules import SourceRules

MAX_METADATA_BYTES = 1 << 20

_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)


def split_front_matter(text: str) -> tuple[Fields, str]:
    """Return the fields of a text's front matter (YAML between two lines of `---`), and the text below it.

    Raises `UnreadableError` where the front matter is no YAML, or is not a set of names and values.
    """
    found = _FRONT_MATTER.match(text)
    if found is None:
        return {}, text
    return _loaded("front matter", found[1], yaml.safe_load, Reason.BAD_FRONT_MATTER), text[found.end() :]


def read_sidecar(key: str, data: bytes, rules: SourceRules) -> Fields:
    """Return the fields of a sidecar, one JSON or YAML object. Raises `UnreadableError` for anything else."""
    load = json.loads if key.lower().endswith(".json") else yaml.safe_load
    try:
        text = decoded(data)
    except UnreadableError as error:
        raise UnreadableError(Reason.BAD_SIDECAR, f"{key}: {error.detail}") from None
    fields = _loaded(key, text, load, Reason.BAD_SIDECAR)
    if field_of(fields, "content", rules) is not None or "artifact_data" in fields:
        raise UnreadableError(
            Reason.BAD_SIDECAR, f"{key} is read as metadata here, but holds text of its own; give it another name"
        )
    return fields


def _loaded(what: str, text: str, load: Callable[[str], Any], reason: Reason) -> Fields:
    if len(text) > MAX_METADATA_BYTES:
        raise UnreadableError(reason, f"{what} is larger than {MAX_METADATA_BYTES:,} characters")
    try:
        fields = load(text)
    except (ValueError, RecursionError, yaml.YAMLError) as error:  # a date like 2026-13-45 is a ValueError
        raise UnreadableError(reason, f"{what}: {' '.join(str(error).split())[:200]}") from None
    if fields is not None and not isinstance(fields, dict):
        raise UnreadableError(reason, f"{what} is no set of names and values")
    return fields or {}
