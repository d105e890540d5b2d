"""Write the table of formats in docs/sources.md from the table by which the source is read.

Run as: make docs
"""

from __future__ import annotations

import re
from pathlib import Path

from ownvoice.articles.formats.table import FORMATS, Format

PAGE = Path(__file__).resolve().parent / "sources.md"

_NOTE = "<!-- Written by docs/write_formats.py from articles/formats/table.py: change that, then run `make docs`. -->"
_HEAD = "| key ends in | what it holds | example | at most |\n|---|---|---|---|"
_TABLE = re.compile(rf"{re.escape(_NOTE)}\n.*?\n(?=\n)", re.DOTALL)


def page() -> str:
    """Return the page as it is, with the table of the formats as they are."""
    rows = [row for one in FORMATS for row in _rows(one)]
    table = "\n".join([_NOTE, "", _HEAD, *rows]) + "\n"
    return _TABLE.sub(lambda _: table, PAGE.read_text(encoding="utf-8"), count=1)


def _rows(one: Format) -> list[str]:
    suffixes = " ".join(f"`{suffix}`" for suffix in one.suffixes)
    return [f"| {suffixes} | {holds} | `{example}` | {one.bounds} |" for holds, example in one.examples.items()]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote the formats in docs/{PAGE.name}")
