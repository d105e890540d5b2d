"""The budget of a reader: how much it may read for one article, and how many parts a parser may make of that.

A parser needs time by the bytes that it reads and memory by the parts that it makes of them. Both are counted before it
begins, so that the same bytes end in the same way on every machine: docs/decisions/0020-budgets-of-readers.md.
"""

from __future__ import annotations

from ownvoice.articles.article import Reason, UnreadableError

MAX_ARTICLE_BYTES = 50 << 20
"""What a reader may read at once: an object of one article, or a list of several in one object."""

MAX_TEXT_BYTES = 8 << 20
"""The text of one article: a long novel has 3 MiB, and the slowest megabyte that was found is cleaned in seconds."""

MAX_FIELD_CHARS = 4_000
MAX_NAMES = 10_000
"""How many names an object may have that a field is looked for in: each is compared with each name of the field."""

_MAX_TIMES_LARGER = 100  # prose packs to a third or a fifth of its size; DEFLATE can reach 1 to 1,032, Zstandard more


def most_unpacked_bytes(packed_bytes: int) -> int:
    """Return how many bytes `packed_bytes` may unpack to; an object of more is refused as a zip bomb."""
    return max(MAX_ARTICLE_BYTES, packed_bytes * _MAX_TIMES_LARGER)


def refuse_more(parts: str, found: int, most: int) -> None:
    """Raise `UnreadableError` where an article has more than `most` of what `parts` names, a plural for the message."""
    if found > most:
        raise UnreadableError(Reason.TOO_LARGE, f"it has more than {most:,} {parts}")
