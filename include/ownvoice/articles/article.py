"""An article as the source has it now, and the parts of the source that cannot be read."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Concatenate, ParamSpec

from ownvoice.errors import StorageError

_Rest = ParamSpec("_Rest")
_ERROR_CHARS = 200  # shown of an error that no reader foresaw


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article whose text is in the lake, without the text: a run may read more text than fits into memory.

    `metadata_id` is None where the source names none. `consent` is "yes", "no", or empty where the source says nothing.
    `published_at` is in ISO 8601, as exactly as the source says it; empty where it does not.
    """

    source_key: str
    metadata_id: str | None
    author_id: str
    title: str
    language: str
    licence: str
    consent: str
    sha256: str
    published_at: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """An article as it was read. Spans count in `content`; the other fields are those of `StoredArticle`."""

    source_key: str
    metadata_id: str | None
    author_id: str
    title: str
    language: str
    content: str
    licence: str = ""
    consent: str = ""
    published_at: str = ""

    @property
    def sha256(self) -> str:
        """Hash of the content: an article has changed when this has."""
        return hashlib.sha256(self.content.encode()).hexdigest()

    def without_text(self) -> StoredArticle:
        """Return all fields but the text."""
        return StoredArticle(**{field.name: getattr(self, field.name) for field in fields(StoredArticle)})


@dataclass(frozen=True, slots=True)
class ScannedArticle:
    """An article that this run has read, and the object that it was read from."""

    article: StoredArticle
    source_object: str
    source_tag: str


class Reason(StrEnum):
    """Why a part of the source is quarantined. The names are stable: the reports of all runs use them."""

    UNREADABLE = "unreadable"  # the store did not give it; the next run asks again
    TOO_LARGE = "too_large"
    ZIP_BOMB = "zip_bomb"  # packed so tightly that it cannot be text
    BAD_ARCHIVE = "bad_archive"
    NOT_UTF8 = "not_utf8"
    BAD_JSON = "bad_json"
    BAD_PARQUET = "bad_parquet"
    BAD_XML = "bad_xml"
    ENCRYPTED = "encrypted"
    BAD_FRONT_MATTER = "bad_front_matter"
    BAD_SIDECAR = "bad_sidecar"
    WRONG_SHAPE = "wrong_shape"
    MISSING_FIELD = "missing_field"
    EMPTY = "empty"
    NO_MAIN_TEXT = "no_main_text"
    SUMMARY_ONLY = "summary_only"  # the text itself is elsewhere
    NO_OWN_ADDRESS = "no_own_address"  # nobody said whose mails are the author's
    LOST_TEXT = "lost_text"  # a reader would change the words of its author
    REPEATED_ID = "repeated_id"
    READER_FAILED = "reader_failed"  # with an error that no reader foresaw


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An object, or `articles` inside one, that this run leaves out, and why."""

    source_key: str
    reason: str
    detail: str
    articles: int = 1


@dataclass(frozen=True, slots=True)
class PassedOver:
    """An article that its author keeps back or has had taken down, and why.

    If the lake knows it, it counts as gone from the source. `metadata_id` is None where the source names none.
    """

    source_key: str
    reason: str
    metadata_id: str | None = None


@dataclass(frozen=True, slots=True)
class LatestOnly:
    """What a reader yields of an object that holds only its newest articles, as a feed does: others are not gone."""

    source_key: str


ReadResult = Article | Quarantined | PassedOver | LatestOnly
"""One thing that a reader yields."""


class UnreadableError(Exception):
    """A part of the source cannot become an article; it is caught where the part is known by name, and quarantined."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail

    def quarantined(self, source_key: str) -> Quarantined:
        """Return the entry of the part that is left out."""
        return Quarantined(source_key, self.reason, self.detail)


def quarantined_for(key: str, error: Exception) -> Quarantined:
    """Return the entry of the part `key` whose reading raised `error`, whatever it is: no content ends a run.

    An error of a store is raised again, since it is no fault of the part.
    """
    if isinstance(error, StorageError):
        raise error
    if isinstance(error, UnreadableError):
        return error.quarantined(key)
    met = " ".join(f"{type(error).__name__}: {error}".split())[:_ERROR_CHARS].rstrip(": ")
    return Quarantined(key, Reason.READER_FAILED, f"{met}. Mend what is odd in it, or report this as a bug of Ownvoice")


def quarantining(
    read: Callable[Concatenate[str, _Rest], Article | PassedOver],
) -> Callable[Concatenate[str, _Rest], ReadResult]:
    """Let a function that reads the article named by its first argument return, not raise, why it cannot be read.

    One broken article in an object of many then leaves the others whole.
    """

    @functools.wraps(read)
    def read_or_quarantine(key: str, /, *args: _Rest.args, **kwargs: _Rest.kwargs) -> ReadResult:
        try:
            return read(key, *args, **kwargs)
        except Exception as error:  # a line of a million may hold anything
            return quarantined_for(key, error)

    return read_or_quarantine
