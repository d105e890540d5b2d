"""Poison: what people's sources hold beside articles, an entry each of everything that ended or could end a night.

All are named in the report of the run: as quarantined, or counted as passed
over. None is read as an article.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

Poison = Callable[[Path], None]
"""Writes one odd thing at a path without an ending."""


def write_poison(at: Path, name: str) -> None:
    """Write the poison of that name at `at`, to which it adds an ending of its own."""
    at.parent.mkdir(parents=True, exist_ok=True)
    POISON[name](at)


def _file(ending: str, data: bytes) -> Poison:
    return lambda at: _put(at, ending, data)


def _put(at: Path, ending: str, data: bytes) -> None:
    Path(os.fsdecode(os.fsencode(at) + ending.encode("utf-8", "surrogateescape"))).write_bytes(data)


def _link(target: str) -> Poison:
    return lambda at: at.with_name(f"{at.name}.md").symlink_to(target.format(name=at.name))


def _beside(ending: str, data: bytes) -> Poison:
    """Write a good article with a sidecar."""

    def write(at: Path) -> None:
        _put(at, ".md", b"An article whose terms cannot be read.")
        _put(at, ending, data)

    return write


def _matter(text: str) -> bytes:
    return f"---\n{text}\n---\nBelow it stands an article.\n".encode()


def _growing_aliases() -> str:
    """Return YAML of ten short lines that name a billion values."""
    lines = (f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]" for before, name in pairwise("abcdefghij"))
    return "\n".join(["a: &a [x]", *lines])


POISON: dict[str, Poison] = {
    "no text": _file(".md", b" \n\t\n"),
    "no utf-8": _file(".md", b"caf\xe9 and more"),
    "a picture": _file(".txt", b"\x89PNG\r\n\x1a\n\x00\xff\xfe\xff"),
    "a name that is no utf-8": _file("caf\udce9.md", b"An article."),
    "a link to nowhere": _link("nowhere.md"),
    "a link to itself": _link("{name}.md"),
    "a pipe": lambda at: os.mkfifo(at.with_name(f"{at.name}.md")),
    "matter of flow braces": _file(".md", _matter("k: " + "{" * 5000)),
    "matter of deep lists": _file(".md", _matter("k: " + "[" * 3000 + "]" * 3000)),
    "matter of aliases that grow": _file(".md", _matter(_growing_aliases())),
    "matter with a tab": _file(".md", _matter("k:\n\t- consent: no")),
    "matter without an end": _file(".md", b"---\nconsent: no\nauthor: jane\n\nText without an end of the matter.\n"),
    "a sidecar that is cut": _beside(".json", b'{"consent": "n'),
    "a sidecar that is a list": _beside(".yaml", b"- consent"),
    "json that is cut": _file(".json", b'{"content": "An art'),
    "json that is a number": _file(".json", b"7"),
    "json of deep lists": _file(".json", b"[" * 100_000),
    "json with a lone surrogate": _file(".json", b'{"content": "An article \\ud800."}'),
    "json without content": _file(".json", b'{"title": "T"}'),
    "json of content that is a number": _file(".json", b'{"content": 7}'),
    "a line that is no json": _file(".jsonl", b"no json\n"),
    "a line of deep lists": _file(".jsonl", b'{"content": ' + b"[" * 50_000 + b"\n"),
    "parquet that is text": _file(".parquet", b"PAR1 is how it begins, and it ends PAR1"),
    "parquet of nothing": _file(".parquet", b""),
    "an archive that is text": _file(".md.gz", b"not packed"),
    "an archive that breaks off": _file(".md.gz", gzip.compress(b"An article. " * 999, mtime=0)[:-9]),
    "an archive that grows": _file(".md.gz", gzip.compress(bytes(60 << 20), 1, mtime=0)),
    "a page of scripts": _file(".html", b"<html><body><script>let a = 1;</script></body></html>"),
    "a page of nothing": _file(".html", b"<html></html>"),
    "a page of zeros": _file(".html", bytes(999)),
    "a form that nobody reads": _file(".odt", b"PK\x03\x04"),
    "a Word file that breaks off": _file(".docx", b"PK\x03\x04"),
    "a form without an ending": _file("", b"#!/bin/sh"),
    "a file of a mac": lambda at: _put(at.with_name(f"._{at.name}"), ".md", b"\x00\x05\x16\x07"),
}
"""Every kind of poison by a name that says what is odd in it."""
