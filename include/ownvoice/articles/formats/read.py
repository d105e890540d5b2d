"""An object of the source becomes articles; a part of it that cannot be read becomes a reason with a stable name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ownvoice.articles.article import Quarantined, ReadResult, quarantined_for
from ownvoice.articles.formats.opened import OpenedObject
from ownvoice.articles.formats.table import format_of
from ownvoice.articles.formats.unpack import unpacked
from ownvoice.config.source_rules import SourceRules

_FAULTS_SHOWN = 20  # of one kind in one object; the others are counted


def read_object(opened: OpenedObject, rules: SourceRules) -> Iterator[ReadResult]:
    """Yield the articles of one object while it is read, and a `Quarantined` for each that cannot be.

    An object of a million broken lines yields the first few of each reason, and then one entry that counts the rest.
    The content of an object makes it raise nothing; an error of its store passes through.
    """
    return _summarised(opened.key, _read(opened, rules))


def _read(opened: OpenedObject, rules: SourceRules) -> Iterator[ReadResult]:
    found = format_of(opened.key)
    assert found is not None, "the listing has passed over what is in no format"
    try:
        yield from found.read(replace(opened, file=unpacked(opened.key, opened.file)), rules)
    except Exception as error:  # the readers' own and those of every parser below them
        yield quarantined_for(opened.key, error)


def _summarised(key: str, results: Iterable[ReadResult]) -> Iterator[ReadResult]:
    faults: Counter[str] = Counter()
    for one in results:
        if isinstance(one, Quarantined):
            faults[one.reason] += 1
            if faults[one.reason] > _FAULTS_SHOWN:
                continue
        yield one
    for reason, count in faults.items():
        if count > _FAULTS_SHOWN:
            yield Quarantined(
                key, reason, f"{count - _FAULTS_SHOWN} more like the first {_FAULTS_SHOWN}", count - _FAULTS_SHOWN
            )
