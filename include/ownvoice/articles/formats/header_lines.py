"""Header lines: metadata without fences, as Pelican, MultiMarkdown, reStructuredText and Nikola write it.

`Title: On waiting`, `:title: On waiting`, or `.. title: On waiting`, which may stand in a comment of HTML.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ownvoice.articles.article import Reason, UnreadableError
from ownvoice.articles.formats.drafts import KEPT_BACK_IF_SET, is_draft
from ownvoice.articles.formats.fields import all_names
from ownvoice.articles.formats.metadata_values import MAX_METADATA_BYTES
from ownvoice.articles.formats.names import all_values
from ownvoice.articles.formats.opened import Fields
from ownvoice.config.source_rules import SourceRules

_LINE = re.compile(
    r"(?:\.\. |:)?(\w[\w -]{0,40}?)[ \t]*::?"  # of reStructuredText, or as Obsidian's Dataview has it
    r"(?:[ \t]+([^\r\n]*)|(no|false|yes|true|draft|private))?(?:\r\n?|\n|\Z)",
    re.I,
)
_COMMENT = re.compile(r"<!--[ \t]*[\r\n]+")
_COMMENT_END = re.compile(r"[ \t]*-->[ \t]*(?:\r\n?|\n|\Z)")
_MORE = re.compile(r"[ \t]+(\S[^\r\n]*)(?:\r\n?|\n|\Z)")
_NO_LINE = re.compile(r"[ \t]*(?:---|\+\+\+|\.\.\.)?[ \t]*(?:\r\n?|\n|\Z)")


def header_lines(text: str, start: int, rules: SourceRules) -> tuple[Fields, int] | None:
    """Return the fields of header lines that begin at `start`, and where the text below them begins.

    They are a first paragraph of lines with a name and a colon each, one of which is the title, the consent or the mark
    of a draft; a title alone is none. A line that is indented goes on with the value above it. Raises `UnreadableError`
    where several such lines go over into the text: one of them may be a refusal.
    """
    comment = _COMMENT.match(text, start)
    start = comment.end() if comment else start
    lines: list[tuple[str, str]] = []
    end, last = start, start + MAX_METADATA_BYTES
    while found := _LINE.match(text, end, last):
        name, spaced, tight = found.groups(default="")
        value = spaced or tight
        end = found.end()
        while more := _MORE.match(text, end, last):
            value, end = f"{value} {more[1]}", more.end()
        lines.append((name, value))
    fields = all_values(lines)
    below = (_COMMENT_END if comment else _NO_LINE).match(text, end)
    is_marked = _is_marked(fields, rules)
    if not is_marked and (len(fields) < 2 or not _has_one_of(fields, ("title",), rules)):
        return None
    if below is None:
        if len(lines) == 1 or not is_marked:
            return None
        detail = "lines of metadata begin it and go over into the text; set them apart by a blank line"
        raise UnreadableError(Reason.BAD_FRONT_MATTER, detail)
    return fields, below.end()


def _is_marked(fields: Fields, rules: SourceRules) -> bool:
    """Whether one of the lines may keep an article back."""
    return _has_one_of(fields, ("consent", "draft"), rules, KEPT_BACK_IF_SET) or is_draft(fields, rules)


def _has_one_of(fields: Fields, wanted: Sequence[str], rules: SourceRules, others: Sequence[str] = ()) -> bool:
    names = {name.casefold() for field in wanted for name in all_names(field, rules)}
    return not names.union(others).isdisjoint(name.casefold() for name in fields)
