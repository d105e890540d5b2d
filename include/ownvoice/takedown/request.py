"""What a person asks to be taken down. The same request, however often it is made, is the same takedown."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from ownvoice.takedown.found import Wanted

Id = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Sha256 = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]


class TakedownRequest(BaseModel):
    """The articles, authors and texts that are to leave the lake; at least one of them.

    An author's takedown takes all articles that are, or were in any version, under that author id. Of a text that is
    asked for the hash alone is kept.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    article_ids: frozenset[Id] = Field(default=frozenset(), description="the articles to take down, by id")
    author_ids: frozenset[Id] = Field(default=frozenset(), description="the authors all of whose articles go, by id")
    before: int = Field(
        0, ge=0, description="how many takedowns of the same were closed before what it names came back"
    )
    text_sha256s: frozenset[Sha256] = Field(default=frozenset(), description="the texts to take down, by SHA-256")

    @model_validator(mode="after")
    def _names_something(self) -> TakedownRequest:
        if not (self.article_ids or self.author_ids or self.text_sha256s):
            raise ValueError("name an article, an author or a text")
        return self

    @classmethod
    def of(cls, wanted: Wanted) -> TakedownRequest:
        """Return the request for what is wanted."""
        return cls(article_ids=wanted.article_ids, author_ids=wanted.author_ids, text_sha256s=_sha256s_of(wanted.texts))

    def once_more(self) -> TakedownRequest:
        """Return the request for the same after it came back."""
        return self.model_copy(update={"before": self.before + 1})

    @property
    def takedown_id(self) -> str:
        """The hash of what is asked: 16 hex digits."""
        asked: list[list[str] | int] = [sorted(self.article_ids), sorted(self.author_ids), sorted(self.text_sha256s)]
        asked += [self.before] if self.before else []
        return hashlib.sha256(json.dumps(asked, ensure_ascii=False).encode()).hexdigest()[:16]


def _sha256s_of(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(hashlib.sha256(text.encode()).hexdigest() for text in texts)
