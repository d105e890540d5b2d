"""An article as it stands in the source tonight, and an object that could not be read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Article:
    """One article, read. `metadata_id` is None where the source names none; `content` is what spans count in."""

    source_key: str
    metadata_id: str | None
    author_id: str
    title: str
    language: str
    content: str

    @property
    def sha256(self) -> str:
        """Hash of the content: an article has changed when this has."""
        return hashlib.sha256(self.content.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An object, or an article inside one, that is left out tonight, and why."""

    source_key: str
    reason: str
    detail: str
