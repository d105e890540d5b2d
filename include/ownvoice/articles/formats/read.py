"""An object of the source becomes articles; what cannot be read becomes a reason with a stable name.

docs/sources.md shows each form with an example.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from ownvoice.articles.article import Article, Quarantined, UnreadableError
from ownvoice.articles.formats.fields import Fields
from ownvoice.articles.formats.html import read_html
from ownvoice.articles.formats.json import read_json, read_json_lines
from ownvoice.articles.formats.parquet import read_parquet
from ownvoice.articles.formats.text import read_text
from ownvoice.articles.formats.unpack import PACKINGS, unpacked
from ownvoice.config.source_rules import SourceRules

# One article an object, which a sidecar may describe; or many, which say themselves what they are.
SINGLE_FORMS: dict[str, Callable[[str, BinaryIO, Fields, SourceRules], Article]] = {
    ".md": read_text,
    ".markdown": read_text,
    ".txt": read_text,
    ".html": read_html,
    ".htm": read_html,
    ".xhtml": read_html,
}
MANY_FORMS: dict[str, Callable[[str, BinaryIO, SourceRules], Iterator[Article | Quarantined]]] = {
    ".json": read_json,
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
    ".parquet": read_parquet,
}
_FAULTS_SHOWN = 20  # of one kind in one object; the others are counted


def format_of(key: str) -> str:
    """Return the suffix that says how `key` is read, without that of a packed object; empty where none does."""
    name = key.lower()
    for packed in PACKINGS:
        name = name.removesuffix(packed)
    return next((suffix for suffix in (*SINGLE_FORMS, *MANY_FORMS) if name.endswith(suffix)), "")


def parse_object(
    key: str, file: bytes | BinaryIO, rules: SourceRules | None = None, sidecar: Fields | None = None
) -> Iterator[Article | Quarantined]:
    """Yield the articles of one object as it is read, and a `Quarantined` for each that cannot be.

    Never raises for what stands in the object; what its store raises passes.
    """
    rules = rules or SourceRules()
    return _summed(key, _parsed(key, io.BytesIO(file) if isinstance(file, bytes) else file, rules, sidecar or {}))


def _parsed(key: str, file: BinaryIO, rules: SourceRules, sidecar: Fields) -> Iterator[Article | Quarantined]:
    form = format_of(key)
    try:
        plain = unpacked(key, file)
        if form in SINGLE_FORMS:
            yield SINGLE_FORMS[form](key, plain, sidecar, rules)
        else:
            yield from MANY_FORMS[form](key, plain, rules)
    except UnreadableError as error:
        yield error.quarantined(key)


def _summed(key: str, parsed: Iterable[Article | Quarantined]) -> Iterator[Article | Quarantined]:
    """Pass on what was parsed, but of a million broken lines show a few and count the rest."""
    faults: Counter[str] = Counter()
    for one in parsed:
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
