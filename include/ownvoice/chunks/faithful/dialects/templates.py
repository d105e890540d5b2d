"""Tags of templates: Hugo, Liquid of Jekyll, Handlebars, ERB, and the shortcodes of WordPress.

A tag is a mark; what stands between an opening and a closing tag is prose, unless it is code.
"""

from __future__ import annotations

import re

from ownvoice.chunks.faithful.dialects.scan import Scan

_UNREAD = "codeblock|code|graphviz|highlight|javascript|mermaid|plantuml|schema|stylesheet|style|uml"
"""Tags around what is no prose: code, diagrams and styles."""
_UNREAD_SHORTCODES = "audio|code|embed|playlist|sourcecode|video"

_QUOTED = r"""(?: "[^"]*+" | '[^']*+' | [“”„″«][^“”„″«»\[\]]*+[“”″»] )"""
_VALUE = rf"""(?: {_QUOTED} | [^\s\[\]"'“”„″«»=<>\\] (?: [^\s\[\]"'“”„″«»\\] | \\(?!\]) )*+ )"""
_SHORTCODE = re.compile(
    rf"""\\?+ \[ (?P<closes>/)? (?P<name> [a-z][\w-]*+ | TOC )
    (?P<attributes> = {_VALUE} | (?: \s++ (?! / \\?+ \]) (?: [\w:-]++ = )?+ {_VALUE} )*+ ) \s*+ /?+ \\?+ \] (?![(:])""",
    re.VERBOSE,
)
_NAMED_ATTRIBUTES = re.compile(rf"(?: \s++ (?: [\w:-]++ = {_VALUE} | {_QUOTED} ) )++", re.VERBOSE)
_OPENED = re.compile(r"\[([a-z][\w-]*+)(?=[\s=\]\\])")
_CLOSED = re.compile(r"\[/([a-z][\w-]*+)\\?\]")
_KNOWN = frozenset(["audio", "caption", "embed", "gallery", "playlist", "toc", "TOC", "video"])

_TAG = re.compile(rf"\{{\{{[<%]-?\s*+(?P<hugo>{_UNREAD})\b|\{{%-?\s*+(?P<liquid>{_UNREAD})\b")
_CLOSINGS = {
    **{f"hugo {name}": re.compile(rf"\{{\{{[<%]-?\s*+/\s*+{name}\s*+-?[>%]\}}\}}") for name in _UNREAD.split("|")},
    **{f"liquid {name}": re.compile(rf"\{{%-?\s*+end{name}\s*+-?%\}}") for name in _UNREAD.split("|")},
    **{name: re.compile(rf"\\?\[/{name}\\?\]") for name in _UNREAD_SHORTCODES.split("|")},
}
_ENDS = {
    "{{<": re.compile(r">\}\}"),
    "{{%": re.compile(r"%\}\}"),
    "{{": re.compile(r"\}\}"),
    "{%": re.compile(r"%\}"),
    "<%": re.compile(r"%>"),
}


def template_tag(scan: Scan, mark: re.Match[str]) -> int | None:
    """Take out a tag of a template, with all up to its closing tag if that is no prose."""
    start, opening = mark.start(), mark[0]
    end = scan.in_paragraph(_ENDS[opening], mark.end())
    if end is None:
        return None
    stop = end.end()
    named = _TAG.match(scan.source, start)
    if named and (closed := scan.after(_CLOSINGS[f"{named.lastgroup} {named[named.lastgroup or 0]}"], stop)):
        stop = closed.end()
    scan.hide(start, stop)
    return stop


def shortcode(scan: Scan, mark: re.Match[str]) -> int | None:
    """Take out a shortcode of WordPress: one with named attributes, one of a pair, or one that is known."""
    found = _SHORTCODE.match(scan.source, mark.start())
    if not found or not _is_shortcode(scan, found):
        return None
    name, stop = found["name"], found.end()
    if not found["closes"] and name in _CLOSINGS and (closed := scan.after(_CLOSINGS[name], stop)):
        stop = closed.end()
    scan.hide(found.start(), stop)
    return stop


def escaped_shortcode(scan: Scan, mark: re.Match[str]) -> int | None:
    """Take out a shortcode with a backslash before each bracket; another escaped bracket is literal."""
    return shortcode(scan, mark) or mark.end() + 1


def _is_shortcode(scan: Scan, found: re.Match[str]) -> bool:
    name = found["name"]
    if name in _KNOWN or (name in scan.names(_OPENED) and name in scan.names(_CLOSED)):
        return True
    return not found["closes"] and _NAMED_ATTRIBUTES.fullmatch(found["attributes"]) is not None
