"""Masks: parts of an article that are not Markdown prose, written over at the same length so that offsets stay true.

Fenced code, scripts, preformatted text, menus in HTML and tables become blank lines. An HTML tag of a block becomes the
Markdown for that block. A comment becomes a mark that the inline pass removes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ownvoice.chunks.faithful.dialects import has_private, mask_dialects, open_boxes, private_spans
from ownvoice.chunks.faithful.marks import EDGE, HIDDEN

_Region = tuple[re.Pattern[str], re.Pattern[str]]
"""The opening and the closing mark of a part of a text."""


def _fence(mark: str, closing: str) -> _Region:
    return re.compile(rf"^[ \t>]*{mark}[^\n`]*$", re.M), re.compile(rf"^[ \t>]*{closing}[ \t]*$", re.M)


_FENCES = [_fence("`{4,}", "`{4,}"), _fence("`{3}", "`{3,}"), _fence("~{3,}", "~{3,}")]
_FENCES_1 = [_FENCES[0], _fence("`{3}", "`{3}"), _FENCES[2]]
# A tag after a backtick is one that the author writes about, not one of the page.
_UNREAD_TAGS: dict[str, _Region] = {
    tag: (re.compile(rf"(?<!`)<{tag}\b[^<>]*>", re.I), re.compile(rf"</{tag}\s*>", re.I))
    for tag in ("pre", "script", "style", "nav", "svg", "math", "template", "textarea")
}
_COMMENT: _Region = (re.compile("(?<!`)<!--"), re.compile("-->"))

_BLOCK_TAGS = frozenset(
    {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "dl", "dt", "dd", "br", "hr", "blockquote"}
    | {"section", "article", "aside", "header", "footer", "main", "figure", "figcaption", "table", "caption", "thead"}
    | {"tbody", "tfoot", "tr", "td", "th", "form", "fieldset", "details", "summary", "address", "body", "html"}
    | {"head", "title", "center"}
)
_TAG_NAME = re.compile(r"<(!--|[a-zA-Z][a-zA-Z\d]*)")
_BLOCK_TAG = re.compile(
    rf"""(?P<indented>^(?:\ {{4}}|\t)[^\n]*)|(?P<code>`[^`\n]*`)
    |</?(?P<tag>{"|".join(sorted(_BLOCK_TAGS))})\b[^<>]*>\s*""",
    re.VERBOSE | re.MULTILINE | re.IGNORECASE,
)
_PARAGRAPH_GAP = re.compile(r"\n[ \t]*\n\s*")
_TABLE_RULE = re.compile(r"\n[ \t>]*+(?=[-:|][^|\n]*+\|)\|?[ \t]*+:?-++:?[ \t]*+(?:\|[ \t]*+:?-*+:?[ \t]*+)*+(?=\n|\Z)")
_TABLE_ROWS = re.compile(r"(?:\n[^|\n]*+\|[^\n]*+)*+")


def mask(original: str, *, dialects: bool = True) -> str:
    """Return a text of the same length that holds only prose, Markdown blocks and inline marks.

    Version 1 of the cleaning knew no `dialects`.
    """
    source = original.replace("\r\n", "\t\n").replace("\r", "\n") if "\r" in original else original
    source = source.replace(EDGE, " ")
    if dialects:
        source = open_boxes(source.replace(HIDDEN, " "))
    source = mask_fences(source, _FENCES if dialects else _FENCES_1)
    if dialects:
        source = mask_dialects(source)
    if "<" in source and (tags := {tag.lower() for tag in _TAG_NAME.findall(source)}):
        source = _mask_html(source, tags)
    return _mask_tables(source) if "|" in source else source


def without_private(original: str) -> str:
    """Return a text of the same length with spaces over what its author keeps from readers, such as comments."""
    if not has_private(original):
        return original
    pieces: list[str] = []
    done = 0
    for start, end in private_spans(mask_fences(original.replace("\r", "\n").replace(HIDDEN, " "))):
        pieces += original[done:start], " " * (end - start)
        done = end
    return "".join(pieces) + original[done:]


def mask_fences(source: str, fences: Sequence[_Region] = _FENCES) -> str:
    """Blank fenced code. A closing fence may be longer than its opening (CommonMark 0.31), which version 1 missed."""
    if ("`" in source and "```" in source) or ("~" in source and "~~~" in source):
        for fence in fences:
            source = _mask_regions(source, fence, _blank)
    return source


def _blank(text: str) -> str:
    return "\n" * len(text)


def _hide(comment: str) -> str:
    return "<" + "\x00" * (len(comment) - 2) + ">"


def _mask_regions(source: str, region: _Region, fill: Callable[[str], str]) -> str:
    """Fill each part from an opening to the next closing mark; an opening mark that is never closed is prose."""
    opening, closing = region
    pieces: list[str] = []
    done = 0
    while (opened := opening.search(source, done)) and (closed := closing.search(source, opened.end())):
        pieces += source[done : opened.start()], fill(source[opened.start() : closed.end()])
        done = closed.end()
    return "".join(pieces) + source[done:]


def _mask_html(source: str, tags: set[str]) -> str:
    for tag in tags & _UNREAD_TAGS.keys():
        source = _mask_regions(source, _UNREAD_TAGS[tag], _blank)
    if "!--" in tags:
        source = _mask_regions(source, _COMMENT, _hide)
    if tags.isdisjoint(_BLOCK_TAGS):
        return source
    if source.lstrip().startswith("<"):  # an HTML page, in which indents mean nothing
        source = _PARAGRAPH_GAP.sub(lambda gap: _blank(gap[0]), source)
    return _BLOCK_TAG.sub(_as_markdown, source)


def _as_markdown(match: re.Match[str]) -> str:
    tag, length = (match["tag"] or "").lower(), len(match[0])
    if not tag:
        return match[0]
    if tag == "br":
        return "  \n" + " " * (length - 3)
    opens = not match[0].startswith("</")
    if opens and tag[0] == "h" and tag[1:].isdigit():
        return "\n" * (length - 2) + "# "
    if opens and tag == "li":
        return "\n" * (length - 2) + "* "
    return "\n" * length


def _mask_tables(source: str) -> str:
    """Blank each pipe table: its header, the line of dashes below the header, and its rows."""
    pieces: list[str] = []
    done = 0
    for rule in _TABLE_RULE.finditer(source):
        header = source.rfind("\n", done, rule.start()) + 1
        paragraph = source.rfind("\n\n", done, rule.start()) + 2
        if source.startswith("|", paragraph):  # a header that was wrapped
            header = paragraph
        if rule.start() < done or "|" not in source[header : rule.start()]:
            continue
        end = next(_TABLE_ROWS.finditer(source, rule.end())).end()
        pieces += source[done:header], _blank(source[header:end])
        done = end
    return "".join(pieces) + source[done:]
