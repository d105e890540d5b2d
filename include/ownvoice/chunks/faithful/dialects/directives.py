"""Directives: boxes and roles of MyST, reStructuredText, Pandoc, Docusaurus, VuePress and MkDocs.

The prose in a box is kept, and its title is a line of its own.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ownvoice.chunks.faithful.dialects.notes import ATTRIBUTES, line
from ownvoice.chunks.faithful.dialects.scan import Indented, Scan

PROSE = (
    "admonition|attention|caution|danger|epigraph|error|exercise|hint|important|margin|note|proof|pull-quote|seealso"
    "|sidebar|solution|theorem|tip|topic|warning"
)
"""Directives whose body is prose."""

_OPTIONS = r"(?: \n [ \t]*+ :[\w-]++: [^\n]*+ )*+"
BOX = rf"""\n [ \t>]*+ :{{3,}}+ [ \t]*+
    (?: \{{ (?P<directive> [\w:-]++ ) \}} | [A-Za-z][\w-]*+ (?: \{{ [^{{}}\n]*+ \}} )?+ | {ATTRIBUTES} )?+
    [ \t]*+ \[?+ (?P<box_title> (?: [^\n\]:] | :(?!::) )*+ ) \]?+ [^\n]*+ {_OPTIONS}"""
FENCED_BOX = re.compile(
    rf"\n[ \t>]*+ (?P<fence> `{{3,8}}+ | ~{{3,8}}+ ) \{{(?:{PROSE})\}} [ \t]*+ (?P<fenced_title> [^\n]*+ ) {_OPTIONS}",
    re.VERBOSE,
)
LEAF = r"\n [ \t]*+ ::[A-Za-z][\w-]*+ (?: \[ [^\[\]\n]*+ \] )?+ (?: \{ [^{}\n]*+ \} )?+ [ \t]*+ (?=\n|\Z)"
RST = rf"\n (?P<rst> \.\.[ ] (?P<rst_name> [a-z]\w*+ (?: [:-]\w++ )*+ ) ::[ \t]*+ ) (?P<rst_rest> [^\n]*+ ) {_OPTIONS}"
ADMONITION = r"""\n (?P<indent> [ \t]*+ ) (?: !!!|\?\?\?\+?+|===\+?+ ) [ \t]++ (?: [\w|-]++ [ \t]*+ )*+
    (?: " (?P<admonition_title> [^"\n]*+ ) " )?+ [ \t]*+
    (?= \n (?: [ \t]*+ \n )*+ (?: [ ]{4} | \t ) )"""
_OUTDENTED = re.compile(r"\n[ \t]*\n(?=[^ \t\n])")
_UNREAD = re.compile("code|code-block|contents|csv-table|doctest|highlight|list-table|math|parsed-literal|raw|toctree")
_PROSE_NAME = re.compile(PROSE)

ROLE = r"""(?: \{ (?P<role> [a-z][\w:.+-]*+ ) \} | : (?<! [\w:] :) (?P<rst_role> [a-z]\w*+ (?: [:-]\w++ )*+ ) : )
    ` (?P<said> [^`\n]++ ) `"""
_UNSAID = re.compile(r"(?:cite|ref|numref|eq|doc|label|download|index|any)\b")
_TARGET = re.compile(r"[ \t]*+<[^<>]*>\Z")


def box(scan: Scan, found: re.Match[str]) -> int | None:
    """Take out a line of colons, and keep the title beside them."""
    start, end = found.span()
    title_start, title_end = found.span("box_title")
    if not found["box_title"].strip() or (found["directive"] and not _PROSE_NAME.fullmatch(found["directive"])):
        scan.blank(start + 1, end)
        return end
    scan.blank(start + 1, title_start)
    scan.end_title(title_end, end)
    return title_start


def rst(scan: Scan, found: re.Match[str]) -> int | None:
    """Take out a directive of reStructuredText, and keep prose that begins in its line."""
    if _UNREAD.fullmatch(found["rst_name"]):
        outdented = scan.after(_OUTDENTED, found.end())
        end = outdented.start() if outdented else len(scan.source)
        scan.blank(found.start() + 1, end)
        return end
    if not _PROSE_NAME.fullmatch(found["rst_name"]):
        return line(scan, found)
    scan.blank(found.start("rst"), found.end("rst"))
    scan.blank(found.end("rst_rest"), found.end())
    return found.start("rst_rest")


def admonition(scan: Scan, found: re.Match[str]) -> int | None:
    """Take out the first line of a box of MkDocs; its indented lines are prose."""
    start, end = found.start() + 1, found.end()
    title_start, title_end = found.span("admonition_title")
    if (found["admonition_title"] or "").strip():
        scan.blank(start, title_start)
        scan.blank(title_end, end)
    else:
        scan.blank(start, end)
    outdented = scan.after(_OUTDENTED, end)
    most = len(found["indent"].expandtabs(4)) + 7
    scan.indented.append(Indented(end, outdented.start() if outdented else len(scan.source), most))
    return end


def role(scan: Scan, found: re.Match[str]) -> int | None:
    """Keep of a role what a reader is shown; a reference without words of its own is a mark."""
    start, end = found.span()
    said_start = found.start("said")
    if target := _TARGET.search(found["said"]):
        scan.hide(start, said_start)
        scan.hide(said_start + target.start(), end)
        return end
    scan.hide(start, end if _UNSAID.match(found["role"] or found["rst_role"]) else said_start - 1)
    return end


def open_boxes(source: str) -> str:
    """Blank the fences of MyST around prose, so that what they hold is not taken for code."""
    if "{" not in source or ("``{" not in source and "~~{" not in source):
        return source
    scan = Scan("\n" + source)
    for opening in FENCED_BOX.finditer(scan.source):
        if closing := scan.after(_closing(opening["fence"]), opening.end()):
            title_start, title_end = opening.span("fenced_title")
            scan.blank(opening.start() + 1, title_start)
            if title_end < opening.end() or title_start < title_end:
                scan.end_title(title_end, opening.end())
            scan.blank(closing.start() + 1, closing.end())
    return scan.written_over()[1:]


@lru_cache
def _closing(fence: str) -> re.Pattern[str]:
    return re.compile(rf"\n[ \t>]*+{fence}[ \t]*+(?=\n|\Z)")
