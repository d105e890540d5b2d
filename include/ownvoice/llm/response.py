"""Reading a response of a model: decoded as it arrives, never beyond a bound, and without the key."""

from __future__ import annotations

import functools
import json
import re
import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import aiohttp

MAX_RESPONSE_BYTES = 4 << 20
"""The longest response that is read, in bytes, on the wire and decoded; no model's answer is a tenth as long."""

ACCEPTED_ENCODINGS = "gzip, deflate"
_ZLIB_OR_GZIP = zlib.MAX_WBITS | 32
_MASK = b"[key]"
_SHORTEST_MASKED_KEY = 8  # an endpoint without keys gets a word such as "none", which an answer may hold
_LONGEST_INTEGER = 18  # digits: longer ones are floats, since Python refuses to read those of thousands of digits


async def read_body(response: aiohttp.ClientResponse) -> bytes | None:
    """Return the decoded body, or None where it passes `MAX_RESPONSE_BYTES`; the rest of it is not received then.

    The session must leave decoding to this function. Raises what the HTTP client raises where the connection breaks. A
    body that is not encoded as its header says is returned empty.
    """
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    decoder = None if encoding == "identity" else zlib.decompressobj(_ZLIB_OR_GZIP)
    body, received = bytearray(), 0
    async for part in response.content.iter_any():
        received += len(part)
        try:
            body += part if decoder is None else _decoded(decoder, part, MAX_RESPONSE_BYTES + 1 - len(body))
        except zlib.error:
            return b""
        if max(received, len(body)) > MAX_RESPONSE_BYTES:
            response.close()
            return None
    return bytes(body)


def read_json(body: bytes | None, api_key: str) -> Any:
    """Return the JSON of a body, with the key masked wherever the endpoint repeats it; None where it is no JSON."""
    if body is None:
        return None
    try:
        return json.loads(masked(body, api_key), parse_int=_integer)
    except (ValueError, RecursionError):
        return None


def masked(body: bytes, api_key: str) -> bytes:
    """Return `body` without the key, however it is spelt: what an endpoint says is stored, and some repeat the key."""
    if len(api_key) < _SHORTEST_MASKED_KEY:
        return body
    body = body.replace(api_key.encode(), _MASK)
    return _spellings(api_key).sub(_MASK, body) if b"\\" in body or b"%" in body else body


@functools.cache
def _spellings(api_key: str) -> re.Pattern[bytes]:
    """Return a pattern of a key whose characters may be escaped as in JSON, or as in a URL."""
    spelt = (rf"(?:{re.escape(char)}|\\{re.escape(char)}|(?i:\\u{ord(char):04x}|%{ord(char):02x}))" for char in api_key)
    return re.compile("".join(spelt).encode())


def _decoded(decoder: zlib._Decompress, part: bytes, room: int) -> bytes:
    return b"" if decoder.eof else decoder.decompress(part, room)


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _LONGEST_INTEGER else float(digits)
