"""The fields of an article, found under the names that a source gives them: id, author, licence, consent and others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ownvoice.articles.article import Article, Reason, UnreadableError
from ownvoice.articles.formats.opened import Fields
from ownvoice.config.source_rules import AuthorTerms, SourceRules

_ALSO_KNOWN_AS = {"author_id": ("author",), "licence": ("license",)}
_YES = frozenset({"yes", "y", "true", "1", "given", "granted"})
_NAMES_SHOWN = 12


def all_names(name: str, rules: SourceRules) -> list[str]:
    """Return the names that a source may give to the field `name` of Ownvoice, those of the settings first."""
    return [*rules.names_of(name), *_ALSO_KNOWN_AS.get(name, ())]


def field_of(fields: Fields, name: str, rules: SourceRules) -> Any:
    """Return the value of the field `name` of Ownvoice, by the first of its names that has one; None without."""
    return next((value for own in all_names(name, rules) if (value := _value_at(fields, own)) is not None), None)


def content_of(fields: Fields, rules: SourceRules) -> Any:
    """Return the content, of whatever type. Raises `UnreadableError` without one, naming the fields that are there."""
    content = field_of(fields, "content", rules)
    if content is None:
        raise missing_content(list(fields), rules)
    return content


def missing_content(names: Sequence[Any], rules: SourceRules) -> UnreadableError:
    """Return the error for an article without a content field; `names` are the fields that it has."""
    there = ", ".join(str(name)[:40] for name in names[:_NAMES_SHOWN]) or "none"
    wanted = " or ".join(repr(name) for name in rules.names_of("content"))
    return UnreadableError(
        Reason.MISSING_FIELD, f"no {wanted}; the fields are {there}. Name yours in OWNVOICE_SOURCE__FIELDS"
    )


def make_article(key: str, content: Any, sources: Sequence[Fields], rules: SourceRules) -> Article:
    """Return the article with the fields of `sources`, of which the first that has a field wins.

    Consent is the exception: one refusal anywhere is a refusal. Raises `UnreadableError` where the content is not text,
    is empty, or cannot be stored as UTF-8.
    """
    if not isinstance(content, str):
        raise UnreadableError(Reason.WRONG_SHAPE, f"the content is no text, but {type(content).__name__}")
    if not content.strip():
        raise UnreadableError(Reason.EMPTY, "there is no text in it")
    found = {
        name: next((text for fields in sources if (text := _plain(name, field_of(fields, name, rules)))), "")
        for name in ("id", "author_id", "title", "language", "licence")
    }
    author_id = found["author_id"] or rules.default_author
    terms = rules.authors.get(author_id, AuthorTerms())
    article = Article(
        source_key=key,
        metadata_id=found["id"] or None,
        author_id=author_id,
        title=found["title"],
        language=found["language"],
        content=content,
        licence=found["licence"] or terms.licence,
        consent=_consent([*(field_of(fields, "consent", rules) for fields in sources), terms.consent]),
    )
    _check_encodable(article, content, *found.values())
    return article


def _consent(stated: Sequence[Any]) -> str:
    """Return "yes", "no" or nothing for all statements together: anything but a clear yes is a no."""
    words = {_text(value).casefold() for value in stated} - {""}
    return "" if not words else "yes" if words <= _YES else "no"


def _check_encodable(article: Article, *texts: str) -> None:
    try:
        "".join(texts).encode()
    except UnicodeEncodeError as error:
        detail = (
            f"lone surrogate U+{ord(error.object[error.start]):04X}; the text of {article.source_key} cannot be stored"
        )
        raise UnreadableError(Reason.NOT_UTF8, detail) from None


def _value_at(fields: Fields, name: str) -> Any:
    """Return the value of `name`, taken as it is or as a path of names joined by dots; None where there is none."""
    if fields.get(name) is not None or "." not in name:
        return fields.get(name)
    value: Any = fields
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _plain(name: str, value: Any) -> str:
    if isinstance(value, (Mapping, list)):
        raise UnreadableError(
            Reason.WRONG_SHAPE, f"the {name} is no plain value; lead into it with dots in OWNVOICE_SOURCE__FIELDS"
        )
    return _text(value)


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()
