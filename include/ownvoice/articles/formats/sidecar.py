"""Sidecars: objects of metadata beside the objects of articles that they describe."""

from __future__ import annotations

from ownvoice.articles.article import Reason, UnreadableError
from ownvoice.articles.formats.fields import field_of
from ownvoice.articles.formats.metadata_values import load_metadata
from ownvoice.articles.formats.opened import Fields, decoded
from ownvoice.config.source_rules import SourceRules

LANGUAGES = {".json": "json", ".yaml": "yaml", ".yml": "yaml", ".toml": "toml"}
"""The language of a sidecar by the end of its key, in lower case."""


def read_sidecar(key: str, data: bytes, rules: SourceRules) -> Fields:
    """Return the fields of a sidecar. Raises `UnreadableError` where it holds no set of names and values."""
    try:
        fields = load_metadata(_text(data), LANGUAGES[key[key.rindex(".") :].lower()])
    except UnreadableError as error:
        raise UnreadableError(Reason.BAD_SIDECAR, f"{key}: {error.detail}") from None
    except ValueError as error:
        raise UnreadableError(Reason.BAD_SIDECAR, f"{key} cannot be read: {error}") from None
    if field_of(fields, "content", rules) is not None or "artifact_data" in fields:
        raise UnreadableError(
            Reason.BAD_SIDECAR, f"{key} is read as metadata here, but holds text of its own; give it another name"
        )
    return fields


def _text(data: bytes) -> str:
    text = decoded(data)
    if not text.strip():
        raise ValueError("it is empty")
    return text
