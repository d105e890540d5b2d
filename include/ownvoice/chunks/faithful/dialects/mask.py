"""The pass over the marks of dialects: each is written over at the same length, so that offsets stay true."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache, partial

from ownvoice.chunks.faithful.dialects.components import indented_components
from ownvoice.chunks.faithful.dialects.scan import Indented, Scan
from ownvoice.chunks.faithful.dialects.table import ESCAPED_SHORTCODE, LITERALS, PRIVATE, SHOWN, Mark
from ownvoice.chunks.faithful.marks import HIDDEN
from ownvoice.chunks.offset_map import Span

_RARE = "\n:[{%^@=<!?`"
_LONE = re.compile(rf"\n[ \t>]*+{HIDDEN}[{HIDDEN} \t]*+(?=\n|\Z)")
_FIRST_INDENT = re.compile(r"(?P<before>\A\n?+|\n[ \t]*+\n)(?P<indent>[ \t]++)(?=\S)")


def mask_dialects(source: str) -> str:
    """Return a text of the same length in which every mark is hidden or blank, and what it stands around is prose."""
    scan = _scanned(source, (*PRIVATE, *SHOWN))
    if not scan.edits:
        return source
    masked = _LONE.sub(lambda line: "\n" * len(line[0]), scan.written_over())
    masked = _unindented(masked, scan.indented)
    return _unindented(masked, indented_components(scan))[1:]


def has_private(source: str) -> bool:
    """Whether a text may hold anything that its author keeps from readers."""
    return bool(_present("\n" + source, PRIVATE))


def private_spans(source: str) -> list[Span]:
    """Return the spans of a text that its author keeps from readers, in order."""
    return [(start - 1, end - 1) for start, end, _ in _scanned(source, PRIVATE).edits]


def _scanned(source: str, marks: Sequence[Mark]) -> Scan:
    scan = Scan("\n" + source)
    present = _present(scan.source, marks)
    if not present:
        return scan
    in_order = tuple(sorted((*LITERALS, *marks), key=lambda mark: mark is not ESCAPED_SHORTCODE))
    rules = {f"is_{mark.name}": mark.rule for mark in in_order}
    beginning, position = _pattern(in_order), 0
    first = _first("".join(mark.first for mark in (*LITERALS, *present)))
    while sign := first.search(scan.source, position):
        position = sign.start()
        found = beginning.match(scan.source, position)
        stop = rules[found.lastgroup or ""](scan, found) if found else None
        position = position + 1 if stop is None else stop
    return scan


def _present(source: str, marks: Sequence[Mark]) -> list[Mark]:
    """Return the marks that a text has a sign of. A character is looked for much faster than a longer sign."""
    absent = {character for character in _RARE if source.find(character, 1) < 0}  # the first one is our line break
    signs = {sign for mark in marks for sign in mark.signs if absent.isdisjoint(sign) and sign in source}
    return [mark for mark in marks if not signs.isdisjoint(mark.signs)]


@lru_cache(maxsize=64)
def _pattern(marks: tuple[Mark, ...]) -> re.Pattern[str]:
    """Return one pattern for the beginnings of all `marks`."""
    return re.compile("|".join(f"(?P<is_{mark.name}> {mark.pattern} )" for mark in marks), re.VERBOSE)


@lru_cache(maxsize=1024)
def _first(characters: str) -> re.Pattern[str]:
    """Return a pattern for any of the characters that marks begin with: all others are passed over at full speed."""
    return re.compile(f"[{re.escape(characters)}]")


def _unindented(masked: str, parts: Sequence[Indented]) -> str:
    """Write line breaks over the indent of each paragraph in `parts` that it would make code of."""
    pieces: list[str] = []
    done = 0
    starts = [*(part.start for part in parts), len(masked)]
    for part, following in zip(parts, starts[1:], strict=True):
        end = min(part.end, following)
        pieces += masked[done : part.start], _FIRST_INDENT.sub(partial(_without, part.most), masked[part.start : end])
        done = end
    return "".join(pieces) + masked[done:]


def _without(most: int, found: re.Match[str]) -> str:
    indent = found["indent"]
    return found["before"] + "\n" * len(indent) if len(indent.expandtabs(4)) <= most else found[0]
