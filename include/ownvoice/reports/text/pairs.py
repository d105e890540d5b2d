"""Pairs, and triples that a prompt was tried on, as text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from ownvoice.pairs.try_prompt import TriedChunk
from ownvoice.storage.rows import is_selected
from ownvoice.terminal import WIDTH_CHARS, in_one_line, printable, wrapped

_COLUMN_CHARS = (WIDTH_CHARS - 5) // 2


def pair_lines(pair: dict[str, Any]) -> Iterator[str]:
    """Yield one pair: the prompt, then chosen and rejected side by side, then the place of the chosen one."""
    yield from _prompt_lines(f"▸ {pair['prompt']}")
    left, right = (textwrap.wrap(printable(pair[side]), _COLUMN_CHARS) for side in ("chosen", "rejected"))
    edited = ", edited" if pair.get("rejected_source") == "edited" else ""
    by_model = f"rejected ({in_one_line(pair['rejected_model'])}{edited})"
    yield f"  {'chosen (the author)':{_COLUMN_CHARS}}   {textwrap.shorten(by_model, _COLUMN_CHARS, placeholder='…)')}"
    for row in range(max(len(left), len(right))):
        columns = (column[row] if row < len(column) else "" for column in (left, right))
        yield "  " + " │ ".join(f"{column:{_COLUMN_CHARS}}" for column in columns).rstrip()
    spans = ", ".join(f"{span['start']}–{span['end']}" for span in pair["spans"])
    if not is_selected(pair):
        yield from wrapped(f"  left out of training and exports: {pair['selected_reason']}", indent=2)
    yield from wrapped(
        f"  {pair['article_id']} · characters {spans} · {pair['split']} · pair {pair['pair_id'][:12]}", indent=2
    )


def tried_lines(tried: TriedChunk) -> Iterator[str]:
    """Yield a chunk that a prompt was tried on, and each triple with its verdict."""
    faults = "".join(f", {fault}" for fault in tried.faults)
    yield from wrapped(f"{tried.source_key}: {len(tried.text):,} characters{faults}")
    for one in tried.triples:
        kind = f" {one.triple.kind}:" if one.triple.kind else ""
        verdict = f"{one.verdict}: {in_one_line(one.detail)}" if one.detail else one.verdict
        yield from _prompt_lines(f"[{verdict}]{kind} {one.triple.instruction}")
        for name, text in (("quote", one.triple.extracted_answer), ("model", one.triple.generated_answer)):
            yield from textwrap.wrap(
                printable(text), WIDTH_CHARS, initial_indent=f"  {name}  ", subsequent_indent=" " * 9
            )
    yield ""


def _prompt_lines(prompt: str) -> Iterator[str]:
    """Yield a prompt in lines that fit; key points keep lines of their own."""
    for line in printable(prompt).splitlines():
        yield from textwrap.wrap(line, WIDTH_CHARS, subsequent_indent="  " if line.startswith("- ") else "")
