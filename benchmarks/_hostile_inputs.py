"""The inputs of `hostile.py` that are objects of a source: for each its three sizes, and the bound that holds."""

from __future__ import annotations

import gzip
import io
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq

from ownvoice.articles.formats.table import format_of

Work = Callable[[], str]
"""Reads the input and says in a few words what came of it."""


@dataclass(frozen=True, slots=True)
class Case:
    """An input that grows; `make` returns the work on one of a size, with the input made already."""

    part: str
    sizes: tuple[int, int, int]
    make: Callable[[int], Work]
    bound: str


CASES: dict[str, Case] = {}
SENTENCE = "The lamp in the harbour was lit at noon, and nobody asked why it burnt. "


def _read(key: str, data: bytes) -> str:
    """Read an object of the source as a refresh does; return its articles and quarantines, counted."""
    from ownvoice.articles.formats.opened import OpenedObject
    from ownvoice.articles.formats.read import read_object
    from ownvoice.config.source_rules import SourceRules

    results = read_object(OpenedObject(key, io.BytesIO(data)), SourceRules())
    counted = Counter(str(getattr(one, "reason", "read")) for one in results)
    return ", ".join(f"{count} {name}" for name, count in counted.items()) or "nothing"


def _source(name: str, key: str, sizes: tuple[int, int, int], text: Callable[[int], str | bytes]) -> None:
    def make(size: int) -> Work:
        made = text(size)
        data = made.encode() if isinstance(made, str) else made
        _read(key, b" ")  # imports what the reader needs
        return lambda: _read(key, data)

    found = format_of(key)
    assert found is not None
    CASES[name] = Case(key.partition(".")[2], sizes, make, found.bounds)


def _front_matter(lines: str) -> str:
    return f"---\n{lines}\n---\n{SENTENCE * 20}"


def _aliases(levels: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return _front_matter("\n".join(lines))


_source("aliases that grow, levels", "a.md", (4, 8, 16), _aliases)
_source("flow braces", "a.md", (600, 6_000, 60_000), lambda n: _front_matter("k: " + "{" * n))
_source(
    "keys of front matter", "a.md", (1_000, 10_000, 100_000),
    lambda n: _front_matter("\n".join(f"k{i}: v" for i in range(n))),
)  # fmt: skip
_source(
    "front matter in TOML", "a.md", (1_000, 10_000, 100_000),
    lambda n: "+++\nk = " + "[" * n + "]" * n + f"\n+++\n{SENTENCE}",
)  # fmt: skip
_source("front matter without end", "a.md", (10_000, 100_000, 1_000_000), lambda n: "---\n" + "k: v\n" * n)
_source("plain text", "a.txt", (1 << 20, 1 << 22, 1 << 24), lambda n: (SENTENCE * (n // 70))[:n])
_source("zeros, gzipped", "a.txt.gz", (1 << 20, 1 << 24, 1 << 28), lambda n: gzip.compress(bytes(n)))


def _page(body: str) -> str:
    return f"<html><body><article><p>{SENTENCE * 5}</p>{body}</article></body></html>"


_source(
    "attributes of one element", "a.html", (1_000, 10_000, 100_000),
    lambda n: _page(f"<p {' '.join(f'a{i}=1' for i in range(n))}>x</p>"),
)  # fmt: skip
_source("nested elements", "a.html", (1_000, 10_000, 100_000), lambda n: _page("<div>" * n + "x" + "</div>" * n))
_source("unclosed elements", "a.html", (1_000, 10_000, 100_000), lambda n: _page("<b><i>" * n))
_source(
    "paragraphs", "a.html", (1_000, 4_000, 16_000),
    lambda n: _page("".join(f"<p>{i} {SENTENCE}</p>" for i in range(n))),
)  # fmt: skip
_source("entities", "a.html", (10_000, 100_000, 1_000_000), lambda n: _page("&amp;" * n))
_source(
    "a page of punycode", "a.html", (10_000, 100_000, 1_000_000),
    lambda n: "<meta charset=punycode>" + _page("-" + "9" * n),
)  # fmt: skip

_source("nested arrays", "a.json", (1_000, 100_000, 1_000_000), lambda n: "[" * n + "]" * n)


def _book(content: str) -> str:
    return json.dumps({"artifact_data": [{"id": "a", "content": content}]})


_source(
    "a list literal in the book's form", "a.json", (1_000, 100_000, 10_000_000),
    lambda n: _book("{'Content': 'a', 'b': [" + "0," * (n // 2) + "]}"),
)  # fmt: skip
_source(
    "a literal that multiplies", "a.json", (1_000, 1_000_000, 1_000_000_000),
    lambda n: _book("{'Content': 'a', 'b': [0] * " + f"{n}}}"),
)  # fmt: skip
_source("a number of digits", "a.json", (1_000, 100_000, 1_000_000), lambda n: f'{{"id": {"9" * n}}}')
_source("broken lines", "a.jsonl", (1_000, 10_000, 100_000), lambda n: "{\n" * n)
_source(
    "one line",
    "a.jsonl",
    (1 << 20, 1 << 22, 1 << 24),
    lambda n: json.dumps({"id": "a", "content": "x" * n}),
)


def _parquet(rows: int) -> bytes:
    file, random = io.BytesIO(), Random(1)
    table = pa.table({"id": list(map(str, range(rows))), "content": [random.randbytes(500).hex() for _ in range(rows)]})
    pq.write_table(table, file, compression="zstd")
    return file.getvalue()


def _swollen_parquet(size: int) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table({"id": ["a"], "content": ["x" * size]}), file, compression="zstd")
    return file.getvalue()


_source("rows", "a.parquet", (1_000, 4_000, 16_000), _parquet)
_source("one row that swells", "a.parquet", (1 << 20, 1 << 23, 1 << 26), _swollen_parquet)
