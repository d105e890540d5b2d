"""Which objects of a listing describe which others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from ownvoice.articles.formats.sidecar import described_by
from ownvoice.articles.formats.table import format_of, stem_of


def sidecars_by_key(keys: Collection[str]) -> dict[str, list[str]]:
    """Return the keys of the sidecars of each object in a known format, if it has any.

    `a.json`, `a.yaml`, `a.yml` and `a.toml`, packed or not, describe all other objects named `a`; a `.json` does not
    describe another one. Beside an object of many articles a `.json` may also hold articles: only reading it tells.
    """
    named: defaultdict[str, list[str]] = defaultdict(list)
    for key in keys:
        if (stem := described_by(key)) is not None:
            named[stem].append(key)
    found = {key: _sidecars(key, named.get(stem_of(key), [])) for key in keys}
    taken = names_taken(found)
    return {key: sidecars for key, sidecars in found.items() if sidecars and key not in taken}


def names_taken(sidecars: Mapping[str, Collection[str]]) -> set[str]:
    """Return the keys of the sidecars that are no objects of their own: in no format, or beside a single article."""
    return {name for key, names in sidecars.items() for name in names if not may_hold_articles(name, key)}


def may_hold_articles(sidecar: str, key: str) -> bool:
    """Whether the sidecar of the object `key` may hold articles instead."""
    return format_of(sidecar) is not None and not _holds_one(key)


def _holds_one(key: str) -> bool:
    known = format_of(key)
    return known is not None and known.one_article


def _sidecars(key: str, named: list[str]) -> list[str]:
    own = format_of(key)
    return sorted(one for one in named if own and format_of(one) is not own)
