"""A small document of XML as an element, without entities, addresses or definitions from outside."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from ownvoice.articles.article import Reason, UnreadableError
from ownvoice.articles.formats.page.tree import Element


def element_of(data: bytes | str, what: str) -> Element:
    """Return the root element of a document. Raises `UnreadableError` where it is no XML; `what` names it."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableError(Reason.BAD_XML, f"{what} is no XML: {error}"[:200]) from None


def named(element: Element, *names: str) -> Iterator[Element]:
    """Yield all elements below one that have one of these names, in whatever namespace."""
    return (one for one in element.iter() if local_name(one) in names)


def local_name(element: Element) -> str:
    """Return the name of an element without its namespace; nothing for a comment."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def text_in(element: Element | None) -> str:
    """Return all text in an element, in one line."""
    return "" if element is None else " ".join("".join(element.itertext()).split())
