"""Header lines: metadata without fences, as Pelican and MultiMarkdown write it: `Title: On waiting`."""

from __future__ import annotations

import re

from ownvoice.articles.formats.drafts import KEPT_BACK_IF_SET
from ownvoice.articles.formats.fields import all_names
from ownvoice.articles.formats.metadata_values import MAX_METADATA_BYTES
from ownvoice.articles.formats.names import all_values
from ownvoice.articles.formats.opened import Fields
from ownvoice.config.source_rules import SourceRules

_LINE = re.compile(r"(\w[\w -]{0,40})(?<! ):(?:[ \t]+([^\r\n]*))?(?:\r\n?|\n|\Z)")
_MORE = re.compile(r"[ \t]+(\S[^\r\n]*)(?:\r\n?|\n|\Z)")
_NO_LINE = re.compile(r"[ \t]*(?:\r\n?|\n|\Z)")


def header_lines(text: str, start: int, rules: SourceRules) -> tuple[Fields, int] | None:
    """Return the fields of header lines that begin at `start`, and where the text below them begins.

    They are a first paragraph of lines with a name and a colon each, one of which is the title, the consent or the mark
    of a draft; a title alone is none. A line that is indented goes on with the value above it.
    """
    lines: list[tuple[str, str]] = []
    end, last = start, start + MAX_METADATA_BYTES
    while found := _LINE.match(text, end, last):
        name, value = found.groups(default="")
        end = found.end()
        while more := _MORE.match(text, end, last):
            value, end = f"{value} {more[1]}", more.end()
        lines.append((name, value))
    names = {name.casefold() for name, _ in lines}
    below = _NO_LINE.match(text, end)
    if below is None or not _are_metadata(names, rules):
        return None
    return all_values(lines), below.end()


def _are_metadata(names: set[str], rules: SourceRules) -> bool:
    titles, refusals = (
        {name.casefold() for field in fields for name in all_names(field, rules)}
        for fields in (("title",), ("consent", "draft"))
    )
    return bool(names & (refusals | set(KEPT_BACK_IF_SET))) or (len(names) > 1 and bool(names & titles))
