"""HTML without some of its elements: what a platform puts into a body beside the author's words."""

from __future__ import annotations

from collections.abc import Callable, Collection

from lxml import etree

from ownvoice.articles.formats.page.tree import Element, parsed

Test = Callable[[Element], bool]


def without(body: str, is_no_text: Test, ends_text: Test | None = None) -> str:
    """Return HTML without the elements that `is_no_text` names; the text behind each stays.

    From the first element on that `ends_text` names, nothing is left of the document.
    """
    if not body.strip():
        return ""
    elements = parsed(body)
    last = next((one for one in elements if ends_text and ends_text(one)), None)
    if last is not None:
        _cut_from(last)
    for element in [one for one in elements if is_no_text(one)]:
        drop(element)
    return markup_of(elements[0])


def without_classes(body: str, classes: Collection[str]) -> str:
    """Return HTML without the elements of some classes."""
    return without(body, lambda one: not classes_of(one).isdisjoint(classes))


def classes_of(element: Element) -> frozenset[str]:
    """Return the classes of an element as they are spelled."""
    return frozenset((element.get("class") or "").split())


def markup_of(element: Element) -> str:
    """Return an element as HTML, without the text behind it."""
    return str(etree.tostring(element, encoding="unicode", method="html", with_tail=False))


def drop(element: Element) -> None:
    """Take an element out of its tree, and leave the text behind it in its place."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    if element.tail and before is not None:
        before.tail = (before.tail or "") + element.tail
    elif element.tail:
        parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def _cut_from(element: Element) -> None:
    """Take an element, and all that stands behind it in the document, out of the tree."""
    around: Element | None = element
    while around is not None:
        around.tail = None
        for later in list(around.itersiblings()):
            later.getparent().remove(later)
        around = around.getparent()
    drop(element)
