"""Write the tables of known sets and of import drops in docs/imports.md from those that the code has.

Run as: make docs
"""

from __future__ import annotations

import re
from pathlib import Path

from ownvoice.imports.drops import IMPORT_DROPS
from ownvoice.imports.sets import KNOWN_SETS

PAGE = Path(__file__).resolve().parent / "imports.md"

_NOTE = "<!-- Written by docs/write_imports.py from imports/: change that, then run `make docs`. -->"
_END = "<!-- End of what docs/write_imports.py writes. -->"
_PART = re.compile(rf"{re.escape(_NOTE)}\n.*?{re.escape(_END)}", re.DOTALL)


def page() -> str:
    """Return the page as it is, with the sets and the drops as they are."""
    sets = [
        f"| `{one.name}` | {one.repo} | {', '.join(f'`{file}`' for file in one.files)} | {one.licence} | "
        f"`{one.provenance}` | {one.wins}{'; votes' if one.votes else ''} | {one.leaves_out} |"
        for one in KNOWN_SETS.values()
    ]
    drops = [f"| `{one.name}` | {one.meaning} | {one.what_to_do} |" for one in IMPORT_DROPS]
    parts = [
        _NOTE,
        "",
        "| set | repository | files | licence | provenance class | which answer wins | left out |",
        "|---|---|---|---|---|---|---|",
        *sets,
        "",
        "| drop | what it says | what to do |",
        "|---|---|---|",
        *drops,
        "",
        _END,
    ]
    return _PART.sub(lambda _: "\n".join(parts), PAGE.read_text(encoding="utf-8"), count=1)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote the sets in docs/{PAGE.name}")
