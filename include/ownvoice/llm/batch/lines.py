"""Cutting a stream of bytes into lines, none of which takes more memory than an answer may."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator

from ownvoice.llm.response import MAX_RESPONSE_BYTES


async def bounded_lines(parts: AsyncIterable[bytes], longest: int = MAX_RESPONSE_BYTES) -> AsyncIterator[bytes]:
    r"""Yield the lines that end at `\n`, and nowhere else: an answer may contain U+2028.

    Of one longer than `longest` bytes, its first `longest` + 1 bytes are yielded, and the rest is not kept.
    """
    rest = bytearray()
    async for part in parts:
        *ended, last = part.split(b"\n")
        for piece in ended:
            rest += piece[: longest + 1 - len(rest)]
            yield bytes(rest)
            rest.clear()
        rest += last[: longest + 1 - len(rest)]
    if rest:
        yield bytes(rest)
