"""From the fields of a source to an article: names, defaults, licence and consent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

from ownvoice.articles.article import Article, Reason, UnreadableError
from ownvoice.config.source_rules import AuthorTerms, SourceRules

Fields = Mapping[str, Any]

_ALSO_KNOWN_AS = {"author_id": ("author",), "licence": ("license",)}
_YES = frozenset({"yes", "y", "true", "1", "given", "granted"})
_NAMES_SHOWN = 12


def all_names(name: str, rules: SourceRules) -> list[str]:
    """Return the names under which the field `name` of Ownvoice may stand in a source, the blog's own first."""
    return [*rules.names_of(name), *_ALSO_KNOWN_AS.get(name, ())]


def field_of(fields: Fields, name: str, rules: SourceRules) -> Any:
    """Return the field `name` of Ownvoice under the first of its names that stands there; None where none does."""
    return next((value for own in all_names(name, rules) if (value := _at(fields, own)) is not None), None)


def content_of(fields: Fields, rules: SourceRules) -> Any:
    """Return the content, whatever it is. Raises `UnreadableError` where there is none, with the names that are."""
    content = field_of(fields, "content", rules)
    if content is None:
        raise missing_content(list(fields), rules)
    return content


def missing_content(names: Sequence[Any], rules: SourceRules) -> UnreadableError:
    """Return what is said of something without a content field."""
    there = ", ".join(str(name)[:40] for name in names[:_NAMES_SHOWN]) or "none"
    wanted = " or ".join(repr(name) for name in rules.names_of("content"))
    return UnreadableError(
        Reason.MISSING_FIELD, f"no {wanted}; the fields are {there}. Name yours in OWNVOICE_SOURCE__FIELDS"
    )


def make_article(key: str, content: Any, sources: Sequence[Fields], rules: SourceRules) -> Article:
    """Return the article; the first of `sources` that names a field wins, but a refused consent always does.

    Raises `UnreadableError` where the content is no text, or text that cannot be stored.
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
    """Sum up what was stated: one refusal is a refusal, and so is every word that is no clear yes."""
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


def _at(fields: Any, name: str) -> Any:
    """Return what stands under `name`, or where its dots lead to; None where nothing does."""
    if fields.get(name) is not None or "." not in name:
        return fields.get(name)
    return reduce(lambda value, part: value.get(part) if isinstance(value, Mapping) else None, name.split("."), fields)


def _plain(name: str, value: Any) -> str:
    if isinstance(value, (Mapping, list)):
        raise UnreadableError(
            Reason.WRONG_SHAPE, f"the {name} is no plain value; lead into it with dots in OWNVOICE_SOURCE__FIELDS"
        )
    return _text(value)


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()
