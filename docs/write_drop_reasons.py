"""Write the table in docs/drop-reasons.md from the drop reasons that the code has.

Run as: make docs
"""

from __future__ import annotations

import re
from pathlib import Path

from ownvoice.pairs.filters import drop_reasons

PAGE = Path(__file__).resolve().parent / "drop-reasons.md"

_NOTE = "<!-- Written by docs/write_drop_reasons.py from pairs/: change that, then run `make docs`. -->"
_HEAD = "| reason | what it says | what to do | detail |\n|---|---|---|---|"
_TABLE = re.compile(rf"{re.escape(_NOTE)}\n.*?\n(?=\n[^|])", re.DOTALL)


def page() -> str:
    """Return the page as it is, with the table of the reasons as they are."""
    rows = [f"| `{one.name}` | {one.meaning} | {one.what_to_do} | {one.detail} |" for one in drop_reasons()]
    table = "\n".join([_NOTE, "", _HEAD, *rows]) + "\n"
    return _TABLE.sub(lambda _: table, PAGE.read_text(encoding="utf-8"), count=1)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote the reasons in docs/{PAGE.name}")
