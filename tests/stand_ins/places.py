"""Where the files lie that tests read."""

from __future__ import annotations

from pathlib import Path

TESTS = Path(__file__).parent.parent
REPOSITORY = TESTS.parent
DOCS = REPOSITORY / "docs"
SAMPLES = REPOSITORY / "samples" / "articles"
"""The sample articles: Markdown files."""

BOOK = REPOSITORY.parent / "shared" / "data" / "book"
"""The articles of the LLM Engineer's Handbook, which are not part of this repository."""
