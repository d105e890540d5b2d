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
_VALUE = rf"""(?: {_QUOTED} | [^\s\[\]"'“”„″«»=<>][^\s\[\]"'“”„″«»]*+ )"""
SHORTCODE = rf"""\[ (?P<closes>/)? (?P<name> [a-z][\w-]*+ | TOC )
    (?P<attributes> = {_VALUE} | (?: \s++ (?: [\w:-]++ = )?+ {_VALUE} )*+ ) \s*+ /?+ \] (?![(:])"""
_NAMED_ATTRIBUTES = re.compile(rf"(?: \s++ (?: [\w:-]++ = {_VALUE} | {_QUOTED} ) )++", re.VERBOSE)
_OPENED = re.compile(r"\[([a-z][\w-]*+)(?=[\s=\]])")
_CLOSED = re.compile(r"\[/([a-z][\w-]*+)\]")
_KNOWN = frozenset(["audio", "caption", "embed", "gallery", "playlist", "toc", "TOC", "video"])

_TAG = re.compile(rf"\{{\{{[<%]-?\s*+(?P<hugo>{_UNREAD})\b|\{{%-?\s*+(?P<liquid>{_UNREAD})\b")
_CLOSINGS = {
    **{f"hugo {name}": re.compile(rf"\{{\{{[<%]-?\s*+/\s*+{name}\s*+-?[>%]\}}\}}") for name in _UNREAD.split("|")},
    **{f"liquid {name}": re.compile(rf"\{{%-?\s*+end{name}\s*+-?%\}}") for name in _UNREAD.split("|")},
    **{name: re.compile(rf"\[/{name}\]") for name in _UNREAD_SHORTCODES.split("|")},
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
    name = mark["name"]
    paired = name in scan.names(_OPENED) and name in scan.names(_CLOSED)
    if not (paired or name in _KNOWN or (not mark["closes"] and _NAMED_ATTRIBUTES.fullmatch(mark["attributes"]))):
        return None
    stop = mark.end()
    if not mark["closes"] and name in _CLOSINGS and (closed := scan.after(_CLOSINGS[name], stop)):
        stop = closed.end()
    scan.hide(mark.start(), stop)
    return stop
