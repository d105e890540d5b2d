"""The page about feedback says what the code does."""

from __future__ import annotations

import runpy

from ownvoice.feedback.reasons import REASONS
from stand_ins.places import DOCS


def test_the_tables_are_what_make_docs_writes() -> None:
    written = runpy.run_path(str(DOCS / "write_feedback.py"))["page"]()
    assert (DOCS / "feedback.md").read_text(encoding="utf-8") == written, "run `make docs`"
    assert all(f"| `{name}` |" in written for name in REASONS)
