"""Comments, which no reader of the page ever sees: they are private, and reach no model.

What stays open is private too: up to the end of the text where the mark begins a line, as Obsidian and browsers read
it.
"""

from __future__ import annotations

import re

from ownvoice.chunks.faithful.dialects.scan import Scan

_ENDS = {
    "<!--": re.compile("-->"),
    "{#": re.compile(r"#\}"),
    "{/*": re.compile(r"\*/\}"),
    "{{/*": re.compile(r"\*/\s*+-?\}\}"),
    "{{!--": re.compile(r"--\}\}"),
    "{>>": re.compile(r"<<\}"),
    "{::": re.compile(r"\{:/(?:comment)?+\}"),
    "{%": re.compile(r"\{%-?\s*+endcomment\s*+-?%\}"),
    "{{<": re.compile(r"\{\{<\s*+/\s*+comment\s*+>\}\}"),
    "{{%": re.compile(r"\{\{%\s*+/\s*+comment\s*+%\}\}"),
}

_PERCENTS = re.compile("%%+")
_CODE_END = re.compile(r"\n(?! {4}|\t|[ \t]*+(?:\n|\Z))")
_INDENTS = (" " * 4, "\t")


def comment(scan: Scan, mark: re.Match[str]) -> int | None:
    """Take out a comment of HTML, MDX, Liquid, Jinja, Hugo, Handlebars, kramdown or Critic Markup."""
    opening = next(opening for opening in _ENDS if mark[0].startswith(opening))
    end = scan.after(_ENDS[opening], mark.end())
    if end:
        scan.hide(mark.start(), end.end())
        return end.end()
    if opening == "<!--" and scan.starts_line(mark.start()):
        return _to(scan, mark.start(), _limit(scan, mark.start()))
    return None


def percent_comment(scan: Scan, mark: re.Match[str]) -> int | None:
    """Take out a comment of Obsidian, `%% ... %%`.

    It ends at the next `%%`. Inside indented lines, which may be code, it does not reach beyond them. One that is not
    closed reaches to the end of the text; if it stands between spaces in a sentence, to the end of the paragraph.
    """
    source, start, after = scan.source, mark.start(), mark.end()
    if len(mark[0]) > 3:  # a ruler
        return _to(scan, start, after)
    if source[start - 1].isdigit() and not source[after : after + 1].isalpha():  # 50%% of them
        return None
    limit = _limit(scan, start)
    end = scan.after(_PERCENTS, after)
    between_spaces = source[start - 1] in " \t" and source[after : after + 1].isspace()
    if between_spaces and source[start - 2].isdigit() and not _closes_in_sentence(scan, end, after):
        return None
    if end and end.end() <= limit:
        return _to(scan, start, end.end())
    if source[start - 1].isalnum() and source[after : after + 1].isalnum():  # inside a word
        return None
    if between_spaces and not scan.starts_line(start):
        limit = min(limit, scan.paragraph_end(after))
    return _to(scan, start, limit)


def _closes_in_sentence(scan: Scan, end: re.Match[str] | None, after: int) -> bool:
    """Whether a mark that may be a percent sign after a number has a partner in its paragraph that is none."""
    if end is None or end.end() > scan.paragraph_end(after):
        return False
    return not scan.source[end.start() - 2 : end.start()].rstrip()[-1:].isdigit()


def _limit(scan: Scan, start: int) -> int:
    """Return how far a comment may reach that begins at `start`."""
    if not scan.source.startswith(_INDENTS, scan.line_start(start)):
        return len(scan.source)
    end = scan.after(_CODE_END, start)
    return end.start() if end else len(scan.source)


def _to(scan: Scan, start: int, end: int) -> int:
    scan.hide(start, end)
    return end
