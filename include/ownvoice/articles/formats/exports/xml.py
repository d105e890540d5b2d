"""An XML document of a source: a WordPress export, a feed, or something that holds no articles."""

from __future__ import annotations

from collections.abc import Iterator

from ownvoice.articles.article import PassedOver, ReadResult
from ownvoice.articles.formats.exports.feed import ROOTS, read_feed
from ownvoice.articles.formats.exports.wordpress import NAMESPACE, read_wordpress
from ownvoice.articles.formats.exports.xml_items import XmlItems
from ownvoice.articles.formats.opened import OpenedObject
from ownvoice.articles.passed_over import ending_of
from ownvoice.config.source_rules import SourceRules


def read_xml(opened: OpenedObject, rules: SourceRules) -> Iterator[ReadResult]:
    """Yield the articles of a WordPress export or a feed. Any other document is passed over by its ending."""
    items = XmlItems(opened.file)
    if items.root not in ROOTS:
        yield PassedOver(opened.key, ending_of(opened.key))
    elif NAMESPACE in items.head:
        yield from read_wordpress(opened.key, items, opened.sidecars, rules)
    else:
        yield from read_feed(opened.key, items, opened.sidecars, rules)
