"""Articles that are an object of their own: Markdown and plain text, with front matter or a sidecar."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, BinaryIO

import yaml

from ownvoice.articles.article import Article, Reason, UnreadableError
from ownvoice.articles.formats.fields import Fields, field_of, make_article
from ownvoice.articles.formats.unpack import MAX_ARTICLE_BYTES
from ownvoice.config.source_rules import SourceRules

MAX_METADATA_BYTES = 1 << 20

_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)


def read_text(key: str, file: BinaryIO, sidecar: Fields, rules: SourceRules) -> Article:
    """Return the article; its content begins below the front matter, whose fields come before the sidecar's."""
    text = decoded(read_whole(file, "cut it into articles"))
    matter: Fields = {}
    if found := _FRONT_MATTER.match(text):
        matter = _metadata("front matter", found[1], yaml.safe_load, Reason.BAD_FRONT_MATTER)
        text = text[found.end() :]
    return make_article(key, text, [matter, sidecar], rules)


def read_sidecar(key: str, data: bytes, rules: SourceRules) -> Fields:
    """Return the fields of a sidecar, one JSON or YAML object. Raises `UnreadableError` for anything else."""
    load = json.loads if key.lower().endswith(".json") else yaml.safe_load
    try:
        text = decoded(data)
    except UnreadableError as error:
        raise UnreadableError(Reason.BAD_SIDECAR, f"{key}: {error.detail}") from None
    fields = _metadata(key, text, load, Reason.BAD_SIDECAR)
    if field_of(fields, "content", rules) is not None or "artifact_data" in fields:
        raise UnreadableError(
            Reason.BAD_SIDECAR, f"{key} is read as metadata here, but holds text of its own; give it another name"
        )
    return fields


def read_whole(file: BinaryIO, instead: str, most_bytes: int = MAX_ARTICLE_BYTES) -> bytes:
    """Return all of a file; `UnreadableError` past `most_bytes`, with what to do `instead`."""
    data = file.read(most_bytes + 1)
    if len(data) > most_bytes:
        raise UnreadableError(Reason.TOO_LARGE, f"it is larger than {most_bytes:,} bytes; {instead}")
    if not data.strip():
        raise UnreadableError(Reason.EMPTY, "the object holds no text")
    return data


def decoded(data: bytes) -> str:
    """Return UTF-8 as text, without a byte order mark. Raises `UnreadableError` for any other encoding."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError(Reason.NOT_UTF8, f"byte {error.start} is no UTF-8; save the file as UTF-8") from None


def _metadata(what: str, text: str, load: Callable[[str], Any], reason: Reason) -> Fields:
    if len(text) > MAX_METADATA_BYTES:
        raise UnreadableError(reason, f"{what} is larger than {MAX_METADATA_BYTES:,} characters")
    try:
        fields = load(text)
    except (ValueError, RecursionError, yaml.YAMLError) as error:  # a date like 2026-13-45 is a ValueError
        raise UnreadableError(reason, f"{what}: {' '.join(str(error).split())[:200]}") from None
    if fields is not None and not isinstance(fields, dict):
        raise UnreadableError(reason, f"{what} is no set of names and values")
    return fields or {}
