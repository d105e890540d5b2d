"""Write the tables in docs/feedback.md from the formats, the plain form and the reasons that the code has.

Run as: make docs
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ownvoice.feedback.formats.own import OwnRecord
from ownvoice.feedback.formats.read import FORMATS
from ownvoice.feedback.reasons import REASONS

PAGE = Path(__file__).resolve().parent / "feedback.md"

_NOTE = "<!-- Written by docs/write_feedback.py from feedback/: change that, then run `make docs`. The table: {} -->"
_TABLE = r"\n.*?\n(?=\n[^|])"


def page() -> str:
    """Return the page as it is, with its tables as the code has them."""
    text = PAGE.read_text(encoding="utf-8")
    for name, rows in {"formats": _formats(), "the plain form": _fields(), "reasons": _reasons()}.items():
        note = _NOTE.format(name)
        table = "\n".join([note, "", *rows]) + "\n"
        text = re.sub(re.escape(note) + _TABLE, lambda _, table=table: table, text, count=1, flags=re.DOTALL)
    return text


def _formats() -> Iterator[str]:
    yield "| format | how it is told | where consent stands |"
    yield "|---|---|---|"
    yield from (f"| `{one.NAME}` | {one.TELLS} | {one.CONSENT} |" for one in FORMATS)


def _fields() -> Iterator[str]:
    yield "| field | needed | what it holds |"
    yield "|---|---|---|"
    for name, field in OwnRecord.model_fields.items():
        yield f"| `{name}` | {'yes' if field.is_required() else ''} | {field.description} |"


def _reasons() -> Iterator[str]:
    yield "| reason | | what it says | what to do | detail |"
    yield "|---|---|---|---|---|"
    for one in REASONS.values():
        yield f"| `{one.name}` | {one.outcome} | {one.meaning} | {one.what_to_do} | {one.detail} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote the tables in docs/{PAGE.name}")
