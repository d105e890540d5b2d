"""Reading a response of a model: decoded as it arrives, never beyond a bound, and without secrets."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import AsyncIterable, AsyncIterator
from functools import lru_cache
from typing import Any

MAX_RESPONSE_BYTES = 4 << 20
"""The longest response that is read, in bytes, on the wire and decoded; no model's answer is a tenth as long."""

ACCEPTED_ENCODINGS = "gzip, deflate"
_ZLIB_OR_GZIP = zlib.MAX_WBITS | 32
_LONGEST_PART = 1 << 20  # bytes, decoded
_MASK = b"[key]"
_SHORTEST_SECRET = 8  # an endpoint without keys gets a word such as "none", which an answer may hold
_LONGEST_INTEGER = 18  # digits: longer ones are floats, since Python refuses to read those of thousands of digits
_SPELT_LETTER = re.compile(rb"\\u00[2-7]|%[2-7]")  # of ASCII, though it might stand as it is
_NEEDS_ESCAPES = frozenset('"\\/')


async def decoded(parts: AsyncIterable[bytes], encoding: str) -> AsyncIterator[tuple[int, bytes]]:
    """Yield the parts of a body as its Content-Encoding says: how many bytes came in, and at most 1 MiB decoded.

    Raises `zlib.error` where the body is not encoded so; any encoding but gzip and deflate counts as wrong.
    """
    plain = encoding.strip().lower() in ("", "identity")
    decoder = zlib.decompressobj(_ZLIB_OR_GZIP)
    async for part in parts:
        if plain or decoder.eof:  # what follows the end of an encoded body is no part of it
            yield len(part), part if plain else b""
            continue
        yield len(part), decoder.decompress(part, _LONGEST_PART)
        while decoder.unconsumed_tail:
            yield 0, decoder.decompress(decoder.unconsumed_tail, _LONGEST_PART)


async def read_body(parts: AsyncIterable[bytes], encoding: str) -> bytes | None:
    """Return the decoded body, or None where it passes `MAX_RESPONSE_BYTES`; the rest of it is not received then.

    Raises what `parts` raises where the connection breaks. A body that is not encoded as it says is returned empty.
    """
    body, received = bytearray(), 0
    try:
        async for count, part in decoded(parts, encoding):
            body += part
            received += count
            if max(received, len(body)) > MAX_RESPONSE_BYTES:
                return None
    except zlib.error:
        return b""
    return bytes(body)


def read_json(body: bytes | None, *secrets: str) -> Any:
    """Return the JSON of a body, with secrets masked wherever the endpoint repeats them; None where it is no JSON."""
    if body is None:
        return None
    try:
        return json.loads(masked(body, *secrets), parse_int=_integer)
    except (ValueError, RecursionError):
        return None


def masked(body: bytes, *secrets: str) -> bytes:
    """Return `body` without the secrets: what an endpoint says is stored and shown, and some repeat the key.

    A secret is found however JSON or a URL may spell its letters, also in JSON that stands as text inside other JSON.
    One of fewer than 8 characters is no secret.
    """
    for secret in secrets:
        if len(secret) < _SHORTEST_SECRET:
            continue
        if _SPELT_LETTER.search(body) or (b"\\" in body and _NEEDS_ESCAPES.intersection(secret)):
            body = _spellings(secret).sub(_MASK, body)
        else:
            body = body.replace(secret.encode(), _MASK)
    return body


@lru_cache(maxsize=32)
def _spellings(secret: str) -> re.Pattern[bytes]:
    return re.compile(b"".join(_spellings_of(character) for character in secret))


def _spellings_of(character: str) -> bytes:
    plain = (rb"\\*" if character in _NEEDS_ESCAPES else b"") + re.escape(character.encode())
    # The longest spelling first: a `%` is also the beginning of its own `%25`.
    return rb"(?:(?i:\\+u%04x|%%%02x)|%b)" % (ord(character), ord(character), plain)


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _LONGEST_INTEGER else float(digits)
