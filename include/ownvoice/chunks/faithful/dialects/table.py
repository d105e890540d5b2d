"""The table of marks: how each begins, and the rule that says what is written over it.

A new mark is a row here, and an example in tests/chunks/faithful/dialects. Where two begin at one place the first row
counts. Only a text that holds a sign of some row is scanned, so all others cost one search for each sign at most.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ownvoice.chunks.faithful.dialects import comments, components, directives, notes, templates
from ownvoice.chunks.faithful.dialects.scan import Scan

Rule = Callable[[Scan, "re.Match[str]"], int | None]
"""Writes down what to write over a mark and returns where to read on; None where it is no mark after all."""


def literal(scan: Scan, found: re.Match[str]) -> int | None:
    """Pass over code, mathematics and what is escaped: no mark begins inside them."""
    return found.end() if found.end() <= scan.paragraph_end(found.start()) else None


def unread(scan: Scan, found: re.Match[str]) -> int | None:
    """Pass over a part of a page that is masked later."""
    closed = scan.after(_UNREAD_END[found["unread"].lower()], found.end())
    return closed.end() if closed else None


_UNREAD_END = {tag: re.compile(rf"</{tag}\s*>", re.IGNORECASE) for tag in ("pre", "script", "style", "code", "svg")}


@dataclass(frozen=True, slots=True)
class Mark:
    """A kind of mark: its name, its rule, and how it begins.

    `signs` are texts of which an article with such a mark holds at least one, `first` the characters that the mark may
    begin with, and `pattern` is its beginning, or all of it.
    """

    name: str
    signs: tuple[str, ...]
    first: str
    pattern: str
    rule: Rule


_SHORTCODE_SIGNS = ("[/", "=", "[gallery", "[playlist", "[toc", "[TOC")
ESCAPED_SHORTCODE = Mark(
    "escaped_shortcode", _SHORTCODE_SIGNS, "\\", r"\\ (?= \[ [/a-zT] )", templates.escaped_shortcode
)
"""Stands before the literals: a page that was converted to Markdown has a backslash before each bracket."""

_SAME_BLOCK = r"\n (?! [ \t>]*+ (?: \n | [\#*+-][ \t] | \d++[.)][ \t] ) )"
_FORMULA = r"(?: [^$\n%<] | %(?!%) | <(?!!--) )"  # a comment is no part of it

LITERALS = (
    Mark("escaped", ("\\",), "\\", r"\\ [!-/:-@\[-`{-~]", literal),
    Mark("code", ("`",), "`", rf"` (?<!``) (?!`) (?: [^`\n]++ | {_SAME_BLOCK} | ``++ )*+ `", literal),
    Mark(
        "wide_code",
        ("``",),
        "`",
        rf"`` (?<!```) (?!`) (?: [^`\n]++ | {_SAME_BLOCK} | ` (?!`) | ```++ )*+ ``",
        literal,
    ),
    Mark(
        "math",
        ("$",),
        "$",
        rf"\$\$ (?: {_FORMULA} | \n )++ \$\$ | \$ (?! [\s$] ) {_FORMULA}++ \$ (?<! \s \$ ) (?! \w )",
        literal,
    ),
    Mark("unread_tag", ("<",), "<", r"< (?P<unread> (?i:pre|script|style|code|svg) ) \b [^<>]*+ >", unread),
)
"""Where no mark begins: code, mathematics, what is escaped, and parts of a page that are masked later."""

PRIVATE = (
    Mark(
        "comment",
        ("<!--", "{#", "{/*", "{{/*", "{{!--", "{>>", "{::", "{% comment", "{%- comment", "< comment", "% comment"),
        "<{",
        r"<!--(?<!`<!--) | \{\# (?=[\s-]) | \{/\* | \{\{/\* | \{\{!-- | \{>> | \{::comment\}"
        r" | \{%-?\s*+comment\b | \{\{[<%]\s*+comment\b",
        comments.comment,
    ),
    Mark("percents", ("%%",), "%", "%%+", comments.percent_comment),
)
"""What an author keeps from readers: it is taken out of every cleaning."""

SHOWN = (
    ESCAPED_SHORTCODE,
    Mark("template", ("{{", "{%", "<%"), "{<", r"\{\{[<%]?+ | \{% | <% (?=[\s=#-])", templates.template_tag),
    Mark("footnote_text", ("[^",), "\n", notes.FOOTNOTE, notes.footnote),
    Mark("footnote_mark", ("[^",), "[", notes.FOOTNOTE_MARK, notes.mark),
    Mark("abbreviation", ("*[",), "\n", notes.ABBREVIATION, notes.line),
    Mark("inline_note", ("^[",), "^", notes.INLINE_NOTE, notes.inline_note),
    Mark("callout", ("[!",), "\n", notes.CALLOUT, notes.callout),
    Mark("wiki_link", ("[[",), "![", notes.WIKI_LINK, notes.wiki_link),
    Mark("citation", ("@",), "[", notes.CITATION, notes.citation),
    Mark("span", ("]{",), "[", notes.SPAN_WITH_ATTRIBUTES, notes.span),
    Mark("shortcode", _SHORTCODE_SIGNS, "[", r"\[ (?= [/a-zT] )", templates.shortcode),
    Mark("attributes", ("{:", "{.", "{#", "]{", "){", "`{", "{-}", "{ "), "{", notes.ATTRIBUTES, notes.mark),
    Mark("role", ("}`", ":`"), "{:", directives.ROLE, directives.role),
    Mark("highlight", ("==",), "=", notes.HIGHLIGHT, notes.highlight),
    Mark("block_id", ("^",), "^", notes.BLOCK_ID, notes.mark),
    Mark("import", ("\nimport ",), "\n", components.IMPORT, notes.line),
    Mark("export", ("\nexport ",), "\n", components.EXPORT, components.export),
    Mark("component", ("</", "/>", "<>"), "<", components.TAG, components.component),
    Mark("space", ("{'", '{"'), "{", r"\{ (?P<quote_mark> [\"'] ) [ ]++ (?P=quote_mark) \}", components.space),
    Mark("box", (":::",), "\n", directives.BOX, directives.box),
    Mark("leaf", ("\n::",), "\n", directives.LEAF, notes.line),
    Mark("target", (")=",), "\n", r"\n \( [\w.-]++ \)= [ \t]*+ (?=\n|\Z)", notes.line),
    Mark("rst", ("\n.. ",), "\n", directives.RST, directives.rst),
    Mark("admonition", ("\n!!! ", "\n???", "\n=== "), "\n", directives.ADMONITION, directives.admonition),
)
"""Markup around what readers are shown: it is taken out of the faithful cleaning."""
