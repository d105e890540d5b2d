"""Pairs, and triples that a prompt was tried on, as text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from ownvoice.pairs.try_prompt import TriedChunk
from ownvoice.terminal import printable

_COLUMN_CHARS = 46
_WIDTH_CHARS = 2 * _COLUMN_CHARS + 5


def pair_lines(pair: dict[str, Any]) -> Iterator[str]:
    """Yield one pair: the prompt, then chosen and rejected side by side, then the place of the chosen one."""
    yield from textwrap.wrap(f"▸ {printable(pair['prompt'])}", _WIDTH_CHARS)
    left, right = (textwrap.wrap(printable(pair[side]), _COLUMN_CHARS) for side in ("chosen", "rejected"))
    yield f"  {'chosen (the author)':{_COLUMN_CHARS}}   rejected ({pair['rejected_model']})"
    for row in range(max(len(left), len(right))):
        columns = (column[row] if row < len(column) else "" for column in (left, right))
        yield "  " + " │ ".join(f"{column:{_COLUMN_CHARS}}" for column in columns).rstrip()
    spans = ", ".join(f"{span['start']}–{span['end']}" for span in pair["spans"])
    yield f"  {printable(pair['article_id'])} · characters {spans} · {pair['split']} · pair {pair['pair_id'][:12]}"


def tried_lines(tried: TriedChunk) -> Iterator[str]:
    """Yield a chunk that a prompt was tried on, and each triple with its verdict."""
    yield f"{printable(tried.source_key)}: {len(tried.text):,} characters" + "".join(
        f", {fault}" for fault in tried.faults
    )
    for one in tried.triples:
        yield from textwrap.wrap(f"[{one.verdict}] {printable(one.triple.instruction)}", _WIDTH_CHARS)
        for name, text in (("quote", one.triple.extracted_answer), ("model", one.triple.generated_answer)):
            yield from textwrap.wrap(
                printable(text), _WIDTH_CHARS, initial_indent=f"  {name}  ", subsequent_indent=" " * 9
            )
    yield ""
