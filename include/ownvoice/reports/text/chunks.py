"""Chunks in a state as text that fits a terminal of a hundred columns."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence

from ownvoice.reports.advice import advice_on
from ownvoice.states import ChunkState
from ownvoice.storage.rows import ChunkRow
from ownvoice.terminal import printable

_WIDTH_CHARS = 100
_ARTICLE_CHARS = 36


def chunk_lines(state: ChunkState, chunks: Sequence[ChunkRow]) -> Iterator[str]:
    """Yield a line a chunk (rows of `tables/chunks`), and for dead ones what to do about each reason."""
    yield f"{len(chunks):,} {'chunk is' if len(chunks) == 1 else 'chunks are'} {state}"
    if chunks:
        yield f"{'article':{_ARTICLE_CHARS}} {'chunk':>5} {'characters':>15} {'answers':>7}  {'last error':20} date"
    for chunk in chunks:
        place = f"{chunk['start']}–{chunk['end']}"
        yield (
            f"{_shortened(printable(chunk['article_id'])):{_ARTICLE_CHARS}} {chunk['chunk_index']:>5} {place:>15} "
            f"{chunk['attempts']:>7}  {_last_error(chunk):20} {chunk['refresh_date']}"
        )
        if words := chunk["endpoint_words"]:
            said = f'The endpoint says: "{printable(words)}"'
            yield from textwrap.wrap(said, _WIDTH_CHARS, initial_indent="    ", subsequent_indent="    ")
    if chunks and state is ChunkState.DEAD:
        yield from _what_to_do(Counter(map(_last_error, chunks)))


def _what_to_do(reasons: Counter[str]) -> Iterator[str]:
    yield ""
    for reason, count in reasons.most_common():
        said = f"{count:,} × {reason}: {advice_on(reason).what_to_do}"
        yield from textwrap.wrap(said, _WIDTH_CHARS, subsequent_indent="    ")
    yield "Ask about them again: ownvoice retry --only dead [--article ID] [--error CLASS] [--dry-run]"


def _last_error(chunk: ChunkRow) -> str:
    return str(chunk["faults"][-1]) if chunk["faults"] else ""


def _shortened(text: str) -> str:
    return text if len(text) <= _ARTICLE_CHARS else text[: _ARTICLE_CHARS - 1] + "…"
