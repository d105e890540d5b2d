"""How the source is read: a blog's own names for fields, and the terms under which each author is used."""

from __future__ import annotations

import hashlib
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

FIELDS = ("id", "content", "author_id", "title", "language", "licence", "consent", "draft")
"""The fields of an article that Ownvoice reads; it ignores all others."""


READERS = 2
"""Raised whenever a reader makes something else of the same bytes: the next run then reads again what it lists."""


PASSED_OVER = (
    *(".*", "node_modules", "bower_components", "vendor", "third_party", "site-packages", "__pycache__", "venv"),
    "~$*",  # what Word writes beside a document that is open
    *("trash", "#recycle", "@recycle", "recycler", "?recycle.bin", "lost+found"),
    *("@eadir", "__macosx", "system volume information", "thumbs.db", "desktop.ini"),
    *("_drafts", "_site", "_layouts", "_includes"),
)
"""Names that are nobody's articles: hidden files, other people's packages, bins, what programs leave, Jekyll's own."""


class AuthorTerms(BaseModel):
    """Licence and consent for all articles of one author."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    licence: str = ""
    consent: Literal["yes", "no", ""] = ""


class SourceRules(BaseModel):
    """How the source is read. When the rules change, every listed object is read again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fields: dict[str, str] = Field(
        {},
        description='A blog\'s own names, as JSON: {"body": "content", "meta.writer": "author_id"}; dots lead into '
        f"nested objects. The names of Ownvoice ({', '.join(FIELDS)}) are always known.",
    )
    default_author: str = Field("unknown", min_length=1, description="The author of articles that name none.")
    authors: dict[str, AuthorTerms] = Field(
        {},
        description='Licence and consent by author id, as JSON: {"jane": {"licence": "CC-BY-4.0", "consent": "no"}}. '
        "An article's own licence comes first; a consent of no, here or there, keeps it from being used.",
    )

    drafts: bool = Field(
        False, description="Read drafts and private articles too (`draft: true`, `published: false`, `status: draft`)."
    )

    own_addresses: tuple[str, ...] = Field(
        (),
        description='The author\'s own addresses, as a JSON list: ["ada@example.org"]. Of a mailbox (`.mbox`) only the '
        "mails from them are read; without any, none is.",
    )

    pass_over: tuple[str, ...] = Field(
        PASSED_OVER,
        description="Names of folders and files that are passed over, as a JSON list; `*` and `?` stand for any "
        "letters, capitals make no difference. `[]` reads everything.",
    )

    @field_validator("fields")
    @classmethod
    def _lead_to_known_fields(cls, value: dict[str, str]) -> dict[str, str]:
        unknown = sorted(set(value.values()) - set(FIELDS))
        if unknown:
            raise ValueError(f"{', '.join(unknown)} is no field of Ownvoice; those are {', '.join(FIELDS)}")
        return value

    @property
    def mark(self) -> str:
        """Return a short hash of how objects are read; an object's stored tag contains it."""
        given = f"{READERS} {self.model_dump_json(exclude_defaults=True, exclude={'pass_over'})}"
        return hashlib.sha256(given.encode()).hexdigest()[:8]

    def names_of(self, field: str) -> list[str]:
        """Return the names that `field` may have in the source, the blog's own first."""
        return [*(own for own, known in self.fields.items() if known == field), field]
