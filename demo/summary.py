"""The results of a refresh on one page: its report, three pairs side by side, the proof of the version."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from ownvoice.dataset.verify import verify
from ownvoice.errors import VerificationError
from ownvoice.reports.report import read_report
from ownvoice.reports.text.pairs import pair_lines
from ownvoice.reports.text.report import report_lines
from ownvoice.reports.text.versions import verification_lines
from ownvoice.storage.lake import Lake, scan

_PAIRS = 3
_CHOSEN_CHARS = 240
_WIDTH_CHARS = 80


def print_summary(lake: Lake, run_id: str) -> None:
    """Print the page. Raises `VerificationError` if the newest version fails its verification."""
    found = verify(lake)
    for line in _page(lake, run_id):
        print(line)
    for line in verification_lines(found):
        print(textwrap.fill(line, _WIDTH_CHARS))
    if not found.passed:
        raise VerificationError(f"version {found.version} failed its verification.")


def _page(lake: Lake, run_id: str) -> Iterator[str]:
    for line in report_lines(read_report(lake, run_id)):
        yield textwrap.shorten(line, _WIDTH_CHARS) if len(line) > _WIDTH_CHARS else line
    yield ""
    for pair in _typical_pairs(lake):
        yield from pair_lines(pair)
        yield ""


def _typical_pairs(lake: Lake) -> list[dict[str, Any]]:
    """Return one pair from each of three articles, those with chosen answers of about 240 characters."""
    rows = scan(lake.table("pairs"), where=f"true ORDER BY abs(character_length(chosen) - {_CHOSEN_CHARS}), pair_id")
    of_article: dict[str, dict[str, Any]] = {}
    for row in (row for batch in rows for row in batch.to_pylist()):
        of_article.setdefault(row["article_id"], row)
    return list(of_article.values())[:_PAIRS]
