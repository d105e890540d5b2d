"""The author of an article as sources name one: a text, a list of names, or objects with a name in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ownvoice.articles.article import Reason, UnreadableError
from ownvoice.articles.formats.names import text_of, values_at
from ownvoice.config.source_rules import AuthorTerms, SourceRules

_NAMES_IN_AN_OBJECT = ("name", "id", "key", "slug", "login", "username")
_JOINED_BY = ", "
_PARTS = re.compile(r"\s*[,;&]\s*|\s+and\s+")


@dataclass(frozen=True, slots=True)
class Author:
    """The author of one article. Two people who wrote it together are one author, with both names.

    `known_as` holds every name under which terms may be agreed with one of them: of a text "Ada and Bo" also its parts.
    """

    author_id: str
    known_as: frozenset[str]


def author_of(values: Iterable[Any]) -> Author:
    """Return the author that the values of one field name; its `author_id` is empty where they name none.

    Raises `UnreadableError` where a value names somebody in a way that cannot be read.
    """
    people = [names for value in values for names in _people(value)]
    author_id = _JOINED_BY.join(dict.fromkeys(names[0] for names in people))
    return Author(author_id, frozenset({author_id, *(name for names in people for name in names)} - {""}))


def terms_of(author_id: str, known_as: Iterable[str], rules: SourceRules) -> AuthorTerms:
    """Return the terms of an author: a refusal of one of several people, in whatever capitals, is a refusal."""
    own = rules.authors.get(author_id, AuthorTerms())
    folded = {name.casefold() for name in known_as}
    refused = any(terms.consent == "no" for name, terms in rules.authors.items() if name.casefold() in folded)
    return own.model_copy(update={"consent": "no"}) if refused else own


def _people(value: Any, in_list: bool = False) -> Iterator[list[str]]:
    """Yield the names of each person, the one to call them by first."""
    if isinstance(value, Mapping):
        yield from _people_in(value)
    elif not isinstance(value, list):
        yield from ([name, *_PARTS.split(name)] for name in [text_of(value)] if name)
    elif in_list:
        raise _unreadable("a list in a list")
    else:
        for one in value:
            yield from _people(one, in_list=True)


def _people_in(value: Mapping[Any, Any]) -> Iterator[list[str]]:
    found = [one for name in _NAMES_IN_AN_OBJECT for one in values_at(value, name)]
    names = [text for one in found if _is_plain(one) and (text := text_of(one))]
    if names:
        yield names
    elif value and not found and all(one is None or isinstance(one, Mapping) for one in value.values()):
        yield from ([str(name)] for name in value)  # people by name, with more about each
    else:
        raise _unreadable(f"an object of {', '.join(str(name)[:40] for name in list(value)[:6]) or 'nothing'}")


def _is_plain(value: Any) -> bool:
    return not isinstance(value, (Mapping, list))


def _unreadable(found: str) -> UnreadableError:
    detail = f"the author is {found}; write a name, a list of names, or objects with a `name` each"
    return UnreadableError(Reason.WRONG_SHAPE, detail)
