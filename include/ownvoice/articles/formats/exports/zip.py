"""A ZIP archive of a source: the export of Substack or Medium, or exports in other forms that were packed together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ownvoice.articles.article import PassedOver, ReadResult, quarantined_for
from ownvoice.articles.formats.exports.archive import Archive, open_archive
from ownvoice.articles.formats.exports.mbox import read_mbox
from ownvoice.articles.formats.exports.medium import is_medium, read_medium
from ownvoice.articles.formats.exports.substack import list_of, read_substack
from ownvoice.articles.formats.exports.xml import read_xml
from ownvoice.articles.formats.opened import OpenedObject
from ownvoice.articles.passed_over import ending_of
from ownvoice.config.source_rules import SourceRules

_Reader = Callable[[OpenedObject, SourceRules], Iterator[ReadResult]]

# What WordPress.com, Blogger and mail programs pack before they hand it out.
_PACKED: Mapping[str, _Reader] = {".xml": read_xml, ".atom": read_xml, ".mbox": read_mbox}


def read_zip(opened: OpenedObject, rules: SourceRules) -> Iterator[ReadResult]:
    """Yield the articles of an export; an archive of anything else is passed over by its ending."""
    with open_archive(opened) as archive:
        if list_name := list_of(archive):
            yield from read_substack(opened.key, archive, list_name, opened.sidecars, rules)
        elif is_medium(archive):
            yield from read_medium(opened.key, archive, opened.sidecars, rules)
        else:
            yield from _packed(opened, archive, rules)


def _packed(opened: OpenedObject, archive: Archive, rules: SourceRules) -> Iterator[ReadResult]:
    exports = [(name, read) for name in archive.names for end, read in _PACKED.items() if name.lower().endswith(end)]
    for name, read in exports:
        key = f"{opened.key}#{name}"
        try:
            with archive.open(name) as file:
                yield from read(OpenedObject(key, file, opened.sidecars), rules)
        except Exception as error:  # of one member: the others are read
            yield quarantined_for(key, error)
    if not exports:
        yield PassedOver(opened.key, ending_of(opened.key))
