"""The fields of an article, found under the names that a source gives them: id, author, licence, consent and others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ownvoice.articles.article import Article, PassedOver, Reason, UnreadableError
from ownvoice.articles.formats.authors import Author, author_of, terms_of
from ownvoice.articles.formats.budget import MAX_FIELD_CHARS, MAX_TEXT_BYTES
from ownvoice.articles.formats.consent import consent_of
from ownvoice.articles.formats.dates import DATES, date_in
from ownvoice.articles.formats.drafts import MARKS, is_draft
from ownvoice.articles.formats.names import folded, text_of, values_at
from ownvoice.articles.formats.opened import Fields, Numeral
from ownvoice.config.source_rules import FIELDS, AuthorTerms, SourceRules

_ALSO_KNOWN_AS = {"author_id": ("author", "authors"), "licence": ("license",)}
_NAMES_SHOWN = 12


def all_names(name: str, rules: SourceRules) -> list[str]:
    """Return the names that a source may give to the field `name` of Ownvoice, those of the settings first."""
    return [*rules.names_of(name), *_ALSO_KNOWN_AS.get(name, ())]


def is_read(column: str, rules: SourceRules) -> bool:
    """Whether a column of a table may hold something that Ownvoice reads: a field, or the object that one is in."""
    names = {name for field in FIELDS for name in all_names(field, rules)}
    heads = {name.split(".")[0] for name in names}
    return folded(column) in {folded(name) for name in names | heads | {*MARKS, DATES[0]}}


def field_of(fields: Fields, name: str, rules: SourceRules) -> Any:
    """Return the value of the field `name` of Ownvoice, by the first of its names that has one; None without."""
    return next((value for own in all_names(name, rules) for value in values_at(fields, own)), None)


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


def make_article(
    key: str, content: Any, sources: Sequence[Fields], rules: SourceRules, beside: Sequence[Fields] = ()
) -> Article | PassedOver:
    """Return the article with the fields of `sources`, of which the first that has a field wins.

    `beside` are fields of an object of many articles: they come after those of each, and no id or title is taken from
    them.

    Two things are heard from wherever they stand: one refusal of consent is a refusal, and one mark of a draft passes
    the article over, unless the rules say that drafts are read. A refusal comes first, since it holds for every copy.
    Raises `UnreadableError` where the content is not text, is empty, or cannot be stored as UTF-8, and where something
    is larger than its bound.
    """
    both = [*sources, *beside]
    metadata_id = _first(sources, "id", rules) or None
    author_id, terms = _author_and_terms(both, rules)
    consent = consent_of([*_stated(both, rules), terms.consent])
    if consent != "no" and not rules.drafts and any(is_draft(fields, rules) for fields in both):
        return PassedOver(key, "draft", metadata_id)
    if not isinstance(content, str) or isinstance(content, Numeral):
        what = "a number" if isinstance(content, Numeral) else type(content).__name__
        raise UnreadableError(Reason.WRONG_SHAPE, f"the content is no text, but {what}")
    if not content.strip():
        raise UnreadableError(Reason.EMPTY, "there is no text in it")
    found = {name: _first(both, name, rules) for name in ("language", "licence")}
    found |= {"title": _first(sources, "title", rules)}
    article = Article(
        source_key=key,
        metadata_id=metadata_id,
        author_id=author_id,
        title=found["title"],
        language=found["language"],
        content=content,
        licence=found["licence"] or terms.licence,
        consent=consent,
        published_at=date_in(both),
    )
    _check_storable(article, found | {"id": metadata_id or "", "author_id": author_id})
    return article


def _first(sources: Sequence[Fields], name: str, rules: SourceRules) -> str:
    return next((text for fields in sources if (text := _plain(name, field_of(fields, name, rules)))), "")


def _stated(sources: Sequence[Fields], rules: SourceRules) -> list[Any]:
    """Return all statements of consent: of the article, and of each author who is an object."""
    of_authors = [f"{own}.consent" for own in all_names("author_id", rules)]
    names = [*all_names("consent", rules), *of_authors]
    return [value for fields in sources for own in names for value in values_at(fields, own)]


def _author_and_terms(sources: Sequence[Fields], rules: SourceRules) -> tuple[str, AuthorTerms]:
    authors = [author for fields in sources for author in _authors(fields, rules)]
    author_id = next((author.author_id for author in authors), rules.default_author)
    return author_id, terms_of(author_id, {author_id}.union(*(author.known_as for author in authors)), rules)


def _authors(fields: Fields, rules: SourceRules) -> Iterator[Author]:
    """Yield the author that each name of the field leads to, if it leads to one."""
    for own in all_names("author_id", rules):
        author = author_of(values_at(fields, own))
        if author.author_id:
            yield author


def _check_storable(article: Article, fields: Mapping[str, str]) -> None:
    for name, text in fields.items():
        if len(text) > MAX_FIELD_CHARS:
            raise UnreadableError(Reason.TOO_LARGE, f"the {name} is longer than {MAX_FIELD_CHARS:,} characters")
    try:
        "".join(fields.values()).encode()
        size = len(article.content.encode())
    except UnicodeEncodeError as error:
        detail = (
            f"lone surrogate U+{ord(error.object[error.start]):04X}; the text of {article.source_key} cannot be stored"
        )
        raise UnreadableError(Reason.NOT_UTF8, detail) from None
    if size > MAX_TEXT_BYTES:
        detail = f"its text is larger than {MAX_TEXT_BYTES:,} bytes; cut it into articles"
        raise UnreadableError(Reason.TOO_LARGE, detail)


def _plain(name: str, value: Any) -> str:
    if isinstance(value, (Mapping, list)):
        raise UnreadableError(
            Reason.WRONG_SHAPE, f"the {name} is no plain value; lead into it with dots in OWNVOICE_SOURCE__FIELDS"
        )
    return text_of(value)
