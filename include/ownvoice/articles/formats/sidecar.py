"""Sidecars: objects of metadata beside the objects of articles that they describe."""

from __future__ import annotations

import io
import posixpath

from ownvoice.articles.article import Reason, UnreadableError
from ownvoice.articles.formats.fields import field_of
from ownvoice.articles.formats.metadata_values import MAX_METADATA_BYTES, load_metadata
from ownvoice.articles.formats.opened import Fields, decoded
from ownvoice.articles.formats.unpack import unpacked, without_packing
from ownvoice.config.source_rules import SourceRules

_LANGUAGES = {".json": "json", ".yaml": "yaml", ".yml": "yaml", ".toml": "toml"}


def described_by(key: str) -> str | None:
    """Return the stem of the objects that `key` describes if it is a sidecar: `a` for `a.YAML`; None for other keys."""
    ending = _ending(key)
    return key[: len(without_packing(key)) - len(ending) - len(key.lower())] if ending in _LANGUAGES else None


def read_sidecar(key: str, data: bytes, rules: SourceRules, *, or_articles: bool = False) -> Fields:
    """Return the fields of a sidecar, packed or not.

    Raises `UnreadableError` where it holds no set of names and values, or text of its own. With `or_articles` it may
    hold articles instead, which say nothing of others: then there are no fields.
    """
    try:
        found = unpacked(key, io.BytesIO(data)).read(MAX_METADATA_BYTES + 1)
        if or_articles and (len(found) > MAX_METADATA_BYTES or found.lstrip()[:1] == b"["):
            return {}
        fields = load_metadata(_text(found), _LANGUAGES[_ending(key)])
    except UnreadableError as error:
        raise UnreadableError(Reason.BAD_SIDECAR, f"{key}: {error.detail}") from None
    except ValueError as error:
        raise UnreadableError(Reason.BAD_SIDECAR, f"{key} cannot be read: {error}") from None
    if field_of(fields, "content", rules) is None and "artifact_data" not in fields:
        return fields
    if or_articles:
        return {}
    raise UnreadableError(
        Reason.BAD_SIDECAR, f"{key} is read as metadata here, but holds text of its own; give it another name"
    )


def _ending(key: str) -> str:
    return posixpath.splitext("a" + posixpath.basename(without_packing(key)))[1]


def _text(data: bytes) -> str:
    if len(data) > MAX_METADATA_BYTES:
        raise ValueError(f"it is larger than {MAX_METADATA_BYTES:,} bytes")
    text = decoded(data)
    if not text.strip():
        raise ValueError("it is empty")
    return text
