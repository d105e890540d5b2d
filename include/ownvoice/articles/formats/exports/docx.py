"""A Word document as an article: its text with headings, quotes, lists, tables and notes, as HTML and then as Markdown.

mammoth knows the format: deleted text is left out and inserted text kept, as a reader would see the document who
accepts its changes. Comments, headers, footers and pictures are left out.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import cast

from ownvoice.articles.article import ReadResult, Reason, UnreadableError
from ownvoice.articles.formats.budget import refuse_more
from ownvoice.articles.formats.exports.archive import Archive, open_archive
from ownvoice.articles.formats.exports.markup import element_of, local_name, text_in
from ownvoice.articles.formats.fields import make_article
from ownvoice.articles.formats.html import body_page
from ownvoice.articles.formats.opened import Fields, OpenedObject
from ownvoice.config.source_rules import SourceRules

MAX_PART_BYTES = 24 << 20
MAX_DOCX_ELEMENTS = 400_000
"""In all parts together; a page of text has about a hundred."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # what Word wrote before 2007, and what holds an encrypted document now
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_CORE = "docProps/core.xml"
_STYLES = """
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Intense Quote'] => blockquote > p:fresh
p[style-name='Title'] => h1:fresh
p[style-name='Subtitle'] => p:fresh
p[style-name^='toc '] => !
p[style-name='TOC Heading'] => !
comment-reference => !
"""


def read_docx(opened: OpenedObject, rules: SourceRules) -> Iterator[ReadResult]:
    """Yield the document; a sidecar's fields come before its properties."""
    _refuse_ole(opened)
    with open_archive(opened) as archive:
        parts = _parts(archive)
    properties = _properties(parts.get(_CORE, b""))
    page = body_page(_as_html(parts), str(properties.get("language") or ""))
    heading = {"title": page.metadata[0]["title"]}
    yield make_article(opened.key, page.content, [*opened.sidecars, properties, heading], rules)


def _refuse_ole(opened: OpenedObject) -> None:
    file = opened.file
    beginning = file.read(len(_OLE)) if file.seekable() else cast(io.BufferedReader, file).peek(len(_OLE))
    if file.seekable():
        file.seek(0)
    if not beginning.startswith(_OLE):
        return
    if _ENCRYPTED in opened.read_whole("save it without a password"):
        raise UnreadableError(Reason.ENCRYPTED, "it is locked by a password; save it without one")
    raise UnreadableError(Reason.WRONG_SHAPE, "it is a document of Word 2003 or older; save it as .docx")


def _parts(archive: Archive) -> dict[str, bytes]:
    """Return the parts of XML, which are counted before any is parsed. Pictures are not read."""
    names = [name for name in archive.names if name.endswith((".xml", ".rels"))]
    parts = {name: archive.read(name, MAX_PART_BYTES) for name in names if not name.startswith("customXml/")}
    if "[Content_Types].xml" not in parts:
        raise UnreadableError(Reason.WRONG_SHAPE, "it is a ZIP archive, but no Word document")
    refuse_more("elements", sum(data.count(b"<") for data in parts.values()), MAX_DOCX_ELEMENTS * 2)
    if any(b"<!DOCTYPE" in data or b"<!ENTITY" in data for data in parts.values()):
        raise UnreadableError(Reason.BAD_XML, "it declares entities of its own, which no Word document does")
    return parts


def _as_html(parts: dict[str, bytes]) -> str:
    import mammoth

    try:
        found = mammoth.convert_to_html(
            _packed(parts),
            style_map=_STYLES,
            include_embedded_style_map=False,
            convert_image=lambda image: [],
        )
    except RecursionError:
        raise UnreadableError(Reason.TOO_LARGE, "it is nested too deep") from None
    except Exception as error:  # of the parts, which may hold anything; mammoth has no error of its own
        detail = f"it is no whole Word document: {type(error).__name__} {error}"[:200]
        raise UnreadableError(Reason.BAD_XML, detail) from None
    return str(found.value)


def _packed(parts: dict[str, bytes]) -> io.BytesIO:
    """Return the parts that were read as an archive again: mammoth takes one, and is given no other."""
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    buffer.seek(0)
    return buffer


def _properties(core: bytes) -> Fields:
    """Return what the document says of itself."""
    found: dict[str, str] = {}
    for one in element_of(core, _CORE) if core.strip() else ():
        found.setdefault(local_name(one).lower(), text_in(one))
    return {
        "title": found.get("title"),
        "author_id": [name.strip() for name in found.get("creator", "").split(";")],
        "language": found.get("language"),
        "published_at": found.get("created"),
        "status": found.get("contentstatus"),
    }
