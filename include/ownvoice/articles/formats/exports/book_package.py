"""The package of an EPUB: what the book says of itself, and its documents in the order in which they are read.

Source: EPUB 3.3 of the W3C, OPF 2.0.1 of the IDPF, and the W3C's TDM Reservation Protocol, in which a book may refuse
training.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from ownvoice.articles.article import Reason, UnreadableError
from ownvoice.articles.formats.budget import refuse_more
from ownvoice.articles.formats.exports.archive import Archive
from ownvoice.articles.formats.exports.markup import element_of, named, text_in
from ownvoice.articles.formats.opened import Fields
from ownvoice.articles.formats.page.tree import Element

MAX_DOCUMENTS = 10_000
BESIDE = "beside the text"
"""The kind of a document that its book does not read out in order (`linear="no"`)."""

_MAX_PACKAGE_BYTES = 8 << 20
_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_PAGES = frozenset({"application/xhtml+xml", "text/html", "application/x-dtbook+xml", "application/xml"})
_WRITERS = frozenset({"aut", "author", ""})  # of the MARC relators; an editor or translator did not write the text


@dataclass(frozen=True, slots=True)
class Part:
    """One document of a book: its name in the archive, its name in the package, and what it is besides a chapter."""

    name: str
    href: str
    kind: str


@dataclass(frozen=True, slots=True)
class Package:
    """A book: the identifier that its publisher gave it, its fields, and its documents in their order."""

    identifier: str
    fields: Fields
    parts: tuple[Part, ...]


def read_package(archive: Archive) -> Package:
    """Return the package of a book. Raises `UnreadableError` where there is none, and where its text is locked."""
    container = element_of(archive.read(_CONTAINER, _MAX_PACKAGE_BYTES), _CONTAINER)
    name = next((path for one in named(container, "rootfile") if (path := one.get("full-path"))), "")
    root = element_of(archive.read(name, _MAX_PACKAGE_BYTES), name)
    parts = tuple(_parts(root, posixpath.dirname(name)))
    refuse_more("documents", len(parts), MAX_DOCUMENTS)
    locked = _locked(archive)
    if any(part.name in locked for part in parts):
        raise UnreadableError(Reason.ENCRYPTED, "its text is locked by DRM; give the book as its author keeps it")
    return Package(_identifier(root), _fields(root), parts)


def _parts(root: Element, folder: str) -> Iterator[Part]:
    manifest = {item.get("id"): item for item in named(root, "item")}
    guide = {_href(one).partition("#")[0]: one.get("type") or "" for one in named(root, "reference")}
    for reference in named(root, "itemref"):
        item = manifest.get(reference.get("idref"))
        if item is None or (item.get("media-type") or "").lower() not in _PAGES:
            continue
        href = _href(item)
        properties = (item.get("properties") or "").split()
        beside = BESIDE if reference.get("linear") == "no" else ""
        kind = "toc" if "nav" in properties else guide.get(href, "") or beside
        yield Part(posixpath.normpath(posixpath.join(folder, href)), href, kind)


def _href(element: Element) -> str:
    return unquote(element.get("href") or "")


def _identifier(root: Element) -> str:
    """Return the identifier that the package names as its own, else its first one."""
    found = list(named(root, "identifier"))
    own = [one for one in found if one.get("id") and one.get("id") == root.get("unique-identifier")]
    return next((text for one in [*own, *found] if (text := text_in(one))), "")


def _fields(root: Element) -> Fields:
    """Return what the book says of all its chapters: authors, language, rights, and whether it refuses training."""
    said = {
        name: [text for one in named(root, name) if (text := text_in(one))] for name in ("language", "rights", "date")
    }
    fields: dict[str, object] = {
        "author_id": list(dict.fromkeys(_authors(root))),
        "language": next(iter(said["language"]), ""),
        "licence": next(iter(said["rights"]), ""),
        "published_at": next(iter(said["date"]), ""),
    }
    reserved = [text_in(one) or one.get("content") for one in named(root, "meta") if _says(one) == "tdm:reservation"]
    return fields | ({"consent": "no"} if "1" in reserved else {})


def _says(meta: Element) -> str:
    return (meta.get("property") or meta.get("name") or "").lower()


def _authors(root: Element) -> Iterator[str]:
    """Yield the names of those who wrote the book; of all its creators where none of them is said to have."""
    roles = {
        (one.get("refines") or "").lstrip("#"): text_in(one) for one in named(root, "meta") if _says(one) == "role"
    }
    creators = [(text_in(one), _role(one, roles)) for one in named(root, "creator")]
    writers = [name for name, role in creators if role in _WRITERS]
    yield from (name for name in writers or [name for name, _ in creators] if name)


def _role(creator: Element, roles: Mapping[str, str]) -> str:
    own = next((value for name, value in creator.attrib.items() if str(name).endswith("role")), "")
    return str(own or roles.get(creator.get("id") or "", "")).lower()


def _locked(archive: Archive) -> set[str]:
    """Return the names of the members that are encrypted: by DRM, if they are more than fonts."""
    if _ENCRYPTION not in archive.names:
        return set()
    root = element_of(archive.read(_ENCRYPTION, _MAX_PACKAGE_BYTES), _ENCRYPTION)
    return {posixpath.normpath(unquote(one.get("URI") or "")) for one in named(root, "CipherReference")}
