"""The page of the sets says what the declarations say."""

from __future__ import annotations

import runpy

from stand_ins.places import DOCS


def test_the_page_has_the_sets_and_the_drops_as_the_code_has_them():
    page = runpy.run_path(str(DOCS / "write_imports.py"))["page"]
    assert page() == (DOCS / "imports.md").read_text(encoding="utf-8")
