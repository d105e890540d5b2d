"""What a page says of itself: title, author, licence, language, and every `meta` by its name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from ownvoice.articles.formats.opened import Fields
from ownvoice.articles.formats.page.main_text import MainText
from ownvoice.articles.formats.page.tree import Element, names_of, shown_text

_TITLES = ("og:title", "twitter:title", "dc.title", "dcterms.title")
_AUTHORS = ("author", "article:author", "dc.creator", "dcterms.creator", "citation_author", "parsely-author")
_LICENCES = ("licence", "license", "dc.rights", "dcterms.license", "dcterms.rights")
_MAX_NAME_CHARS = 200
_TRIED = 20  # elements that may hold a name
_MAX_DATA_CHARS = 1 << 18
_AUTHOR_CLASSES = frozenset({"author", "author-name", "post-author", "p-author", "entry-author"})
_BY = re.compile(r"\Aby:?\s+", re.IGNORECASE)
_STATED_OTHERWISE = frozenset({"id", "content", "author", "author_id", "title", "language", "licence", "license"})
_NO_TRAINING = frozenset({"noai", "noimageai"})


def page_fields(root: Element, main: MainText) -> list[Fields]:
    """Return what is read from a page as fields, and after them each `meta` of the page by its name."""
    metas = _metas(root)
    found: dict[str, Any] = {
        "title": _stated(metas, _TITLES) or _heading(main) or _first_name(root.iter("title")),
        "author_id": _stated(metas, _AUTHORS) or _data_author(root) or _byline(root),
        "licence": _licence_link(root) or _stated(metas, _LICENCES),
        "language": root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang"),
    }
    if _refuses_training(metas):
        found["consent"] = "no"
    others = {name: values for name, values in metas.items() if name not in _STATED_OTHERWISE}
    return [found, {name: values[0] if len(values) == 1 else values for name, values in others.items()}]


def _metas(root: Element) -> dict[str, list[str]]:
    metas: dict[str, list[str]] = {}
    for meta in root.iter("meta"):
        name, value = meta.get("name") or meta.get("property") or "", (meta.get("content") or "").strip()
        if value and value not in (values := metas.setdefault(name.strip().lower(), [])):
            values.append(value)
    return metas


def _refuses_training(metas: Mapping[str, list[str]]) -> bool:
    """Whether the page reserves its text from training (TDMRep of the W3C, and the robots value of DeviantArt)."""
    robots = {word for value in metas.get("robots", ()) for word in re.split(r"[\s,]+", value.lower())}
    return "1" in metas.get("tdm-reservation", ()) or not _NO_TRAINING.isdisjoint(robots)


def _stated(metas: Mapping[str, list[str]], names: Iterable[str]) -> str | None:
    return next((metas[name][0] for name in names if metas.get(name)), None)


def _heading(main: MainText) -> str | None:
    return _first_name(heading for heading in main.element.iter("h1") if heading not in main.left_out)


def _name(element: Element) -> str | None:
    """Return the text of an element that may be a name or a title; None for an empty or a long one."""
    text = " ".join(shown_text(element).split())
    return text if 0 < len(text) <= _MAX_NAME_CHARS else None


def _first_name(elements: Iterable[Element]) -> str | None:
    return next(filter(None, map(_name, islice(elements, _TRIED))), None)


def _licence_link(root: Element) -> str | None:
    links = (one for one in root.iter("a", "link") if "license" in (one.get("rel") or "").lower().split())
    return next((href for one in links if (href := one.get("href"))), None)


def _byline(root: Element) -> str | None:
    found = _first_name(one for one in root.iter() if _names_author(one))
    return _BY.sub("", found, count=1) if found else None


def _names_author(element: Element) -> bool:
    return (
        "author" in (element.get("rel") or "").lower().split()
        or element.get("itemprop") == "author"
        or not _AUTHOR_CLASSES.isdisjoint(names_of(element))
    )


def _data_author(root: Element) -> str | None:
    """Return the author in the page's JSON-LD. Source: https://schema.org/author."""
    for script in root.iter("script"):
        text = script.text or ""
        if script.get("type") != "application/ld+json" or len(text) > _MAX_DATA_CHARS:
            continue
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            continue
        if names := [name for item in _items(data) for name in _person_names(item.get("author"))]:
            return ", ".join(dict.fromkeys(names))
    return None


def _items(data: Any) -> Iterator[Mapping[str, Any]]:
    for item in data if isinstance(data, list) else [data]:
        if isinstance(item, dict):
            yield item
            graph = item.get("@graph")
            yield from (one for one in graph if isinstance(one, dict)) if isinstance(graph, list) else ()


def _person_names(author: Any) -> Iterator[str]:
    for person in author if isinstance(author, list) else [author]:
        name = person.get("name") if isinstance(person, dict) else person
        if isinstance(name, str) and name.strip():
            yield name.strip()
