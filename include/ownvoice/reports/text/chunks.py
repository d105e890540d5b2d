"""Chunks in a state as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ownvoice.reports.advice import advice_on
from ownvoice.states import ChunkState
from ownvoice.storage.rows import ChunkRow
from ownvoice.terminal import printable, wrapped

_ARTICLE_CHARS, _PLACE_CHARS, _ERROR_CHARS = 20, 13, 18


def chunk_lines(state: ChunkState, chunks: Sequence[ChunkRow]) -> Iterator[str]:
    """Yield a line a chunk (rows of `tables/chunks`), and for dead ones what to do about each reason."""
    yield f"{len(chunks):,} {'chunk is' if len(chunks) == 1 else 'chunks are'} {state}"
    if chunks:
        head = f"{'article':{_ARTICLE_CHARS}} {'chunk':>5} {'characters':>{_PLACE_CHARS}} {'answers':>7}"
        yield f"{head}  {'last error':{_ERROR_CHARS}} date"
    for chunk in chunks:
        place = f"{chunk['start']}–{chunk['end']}"
        article = f"{_shortened(printable(chunk['article_id'])):{_ARTICLE_CHARS}}"
        yield (
            f"{article} {chunk['chunk_index']:>5} {place:>{_PLACE_CHARS}} {chunk['attempts']:>7}  "
            f"{_last_error(chunk):{_ERROR_CHARS}} {chunk['refresh_date']}"
        )
        if words := chunk["endpoint_words"]:
            yield from wrapped(f'    The endpoint says: "{words}"', indent=4)
    if chunks and state is ChunkState.DEAD:
        yield from _what_to_do(Counter(map(_last_error, chunks)))


def _what_to_do(reasons: Counter[str]) -> Iterator[str]:
    yield ""
    for reason, count in reasons.most_common():
        said = f"{count:,} × {reason}: {advice_on(reason).what_to_do}"
        yield from wrapped(said, indent=4)
    yield "Ask about them again:"
    yield "  ownvoice retry --only dead [--article ID] [--error CLASS] [--dry-run]"


def _last_error(chunk: ChunkRow) -> str:
    return str(chunk["faults"][-1]) if chunk["faults"] else ""


def _shortened(text: str) -> str:
    return text if len(text) <= _ARTICLE_CHARS else text[: _ARTICLE_CHARS - 1] + "…"
