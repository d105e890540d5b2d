"""MDX: imports, exports and components. What stands between two tags of a component is prose."""

from __future__ import annotations

import re

from ownvoice.chunks.faithful.dialects.scan import BLANK_LINE, Indented, Scan

_MAX_CHARS = 20_000
"""The longest tag, or statement, that is looked for the end of, in characters."""

_ANY = 1_000_000

_NAME = r"(?: [A-Z]\w*+ (?: \.\w++ )*+ | [a-z]++ (?: -[a-z\d]++ )++ )"
TAG = rf"< (?<! ` <) /?+ (?P<component> {_NAME} )? (?(component) (?= [\s/>] ) | > )"
_CLOSED = re.compile(r"</([A-Za-z][\w.-]*+)[ \t]*+>")
_HAS_SMALL = re.compile("[a-z]")

_STRING = r"""(?: "[^"\n]*+" | '[^'\n]*+' )"""
_END = r"[ \t]*+ ;?+ [ \t]*+ (?: // [^\n]*+ )?+ (?=\n|\Z)"
IMPORT = rf"""\n import [ \t]++ (?: type [ \t]++ )?+ (?: (?: [\w$]++ [ \t]*+ (?: , [ \t]*+ )? )?
    (?: \* [ \t]++ as [ \t]++ [\w$]++ | \{{ [^{{}}]*+ \}} )? [ \t]*+ from [ \t]*+ )? {_STRING} {_END}"""
EXPORT = r"""\n export [ \t]++ (?: (?: const | let | var ) [ \t]++ [\w$]++ [ \t]*+ [=:] | \{ | \* [ \t]
    | (?: const | let | var ) [ \t]++ [{\[]
    | (?: default [ \t]++ )?+ (?: async [ \t]++ )?+ function \b [ \t*]*+ [\w$]*+ [ \t]*+ [(<]
    | (?: default [ \t]++ )?+ (?: abstract [ \t]++ )?+ class [ \t] [^\n{]*+ \{
    | (?: interface | enum ) [ \t]++ [\w$]++ [^\n{]*+ \{ | type [ \t]++ [\w$]++ [^\n=]*+ =
    | default [ \t]++ (?: [({\[<] | [\w$.]++ [ \t]*+ (?: \( | ; | =>  | (?=\n|\Z) ) ) )"""

_TOKEN = re.compile(
    r""""(?:[^"\\\n]|\\.)*+" | '(?:[^'\\\n]|\\.)*+' | `(?:[^`\\]|\\.)*+` | //[^\n]*+ | /\*(?:[^*/]|\*(?!/)|/(?!\*))*+\*/
    | (?P<opens>[{(\[]) | (?P<closes>[})\]]) | (?P<line>\n) | (?P<tag>/?>|<)""",
    re.VERBOSE | re.DOTALL,
)
_GOES_ON = "=,(+&|?:>"


def component(scan: Scan, found: re.Match[str]) -> int | None:
    """Take out a tag of a component: one that closes itself or is one of a pair. A lone `<Name>` is prose."""
    name = found["component"] or ""
    if found.start() < scan.unclosed_until:
        return None
    end, closes_itself = _tag_end(scan, found)
    paired = not name or (_HAS_SMALL.search(name) is not None and name.lower() in scan.names(_CLOSED))
    if end is None or not (paired or closes_itself):
        return None
    scan.hide(found.start(), end)
    if paired and name and not closes_itself:
        scan.components.append((found.start(), end))
    return end


def _tag_end(scan: Scan, found: re.Match[str]) -> tuple[int | None, bool]:
    """Return where a tag ends, and whether it closes itself; tags are not looked for again in what was no tag."""
    if not found["component"]:
        return found.end(), False
    depth, stop = 0, found.end()
    for token in _TOKEN.finditer(scan.source, stop, stop + _MAX_CHARS):
        stop = token.start()
        depth += (token["opens"] is not None) - (token["closes"] is not None)
        if depth < 0 or (depth == 0 and (token["tag"] == "<" or BLANK_LINE.match(scan.source, stop))):
            break
        if depth == 0 and token["tag"]:
            return token.end(), token["tag"] == "/>"
    scan.unclosed_until = stop
    return None, False


def space(scan: Scan, found: re.Match[str]) -> int | None:
    """Keep the spaces of `{" "}`."""
    scan.hide(found.start(), found.start() + 2)
    scan.hide(found.end() - 2, found.end())
    return found.end()


def export(scan: Scan, found: re.Match[str]) -> int | None:
    """Take out an export, to the end of the line that closes its brackets; else to the end of its paragraph."""
    start = found.start() + 1
    end = _statement_end(scan, start) or scan.paragraph_end(found.end())
    scan.blank(start, end)
    return end


def _statement_end(scan: Scan, start: int) -> int | None:
    depth, stop = 0, min(start + _MAX_CHARS, len(scan.source))
    if start < scan.unclosed_until:
        return None
    for token in _TOKEN.finditer(scan.source, start, stop):
        depth += (token["opens"] is not None) - (token["closes"] is not None)
        if token["line"] and depth <= 0 and scan.source[token.start() - 1] not in _GOES_ON:
            return token.start()
    scan.unclosed_until = stop
    return len(scan.source) if depth <= 0 and stop == len(scan.source) else None


def indented_components(scan: Scan) -> list[Indented]:
    """Return the part from the first component to the last one, in which an indent means nothing."""
    if len(scan.components) < 2:
        return []
    return [Indented(scan.components[0][1], scan.components[-1][0], _ANY)]
