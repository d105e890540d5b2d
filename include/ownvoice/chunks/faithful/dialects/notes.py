"""Marks of notes and papers: those of Obsidian, Pandoc, kramdown and footnotes."""

from __future__ import annotations

import re

from ownvoice.chunks.faithful.dialects.scan import Indented, Scan
from ownvoice.chunks.faithful.marks import WIDE_RANGES

_WORD = rf"[^\W{WIDE_RANGES}]"
HIGHLIGHT = rf"== (?<! [=] ==) (?<! {_WORD} ==) (?= [^\s=])"
_HIGHLIGHT_END = re.compile(rf"(?<=[^\s=])==(?!=|{_WORD})")

_NAMED_ITEM = r"""[A-Za-z_][\w:-]*+ = (?: "[^"\n]*+" | '[^'\n]*+' | [^\s{}"']++ )"""
_ITEM = rf"""(?: [.#][A-Za-z_][\w:.-]*+ | {_NAMED_ITEM} )"""
_ANY_ITEM = rf"(?: {_ITEM} | [A-Za-z_][\w-]++ )"
ATTRIBUTES = rf"""\{{ (?: : [ ]*+ {_ANY_ITEM} (?: [ ]++ {_ANY_ITEM} )*+ | : [A-Za-z][\w-]*+ : [^{{}}\n]*+
    | (?<=`\{{) = [A-Za-z]++ | :: [^{{}}\n]*+ | :/ [^{{}}\n]*+
    | [ ]*+ [.#][A-Za-z_][\w:.-]*+ (?: [ ]++ (?: {_ITEM} | -) )*+
    | (?<=[\])`]\{{) [ ]*+ {_ITEM} (?: [ ]++ {_ITEM} )*+ | -(?=\}}[ \t]*+(?:\n|\Z)) ) [ ]*+ \}}"""
SPAN_WITH_ATTRIBUTES = rf"\[ (?P<span_text> [^\[\]`\n]++ ) \] (?= {ATTRIBUTES} )"

WIKI_LINK = r"(?P<embed> ! )?+ \[\[ (?! \s ) (?P<target> [^\[\]\n|]*+ ) (?: \| (?P<shown> [^\[\]\n]*+ ) )?+ \]\]"
_CONTENTS = frozenset(["toc", "_toc_"])
_DEFINED = re.compile(r"^ {0,3}\[(@[^\]\n]+)\]:", re.MULTILINE)
CITATION = r"\[ [^\[\]\n@;]*+ (?<= [\[ \-] ) @ [A-Za-z_{] [^\[\]]*+ \] (?![(\[:])"
ABBREVIATION = r"\n [ ]{0,3} \*\[ [^\[\]\n]++ \]: [ \t] [^\n]*+"
INLINE_NOTE = r"\^\[ [^\[\]]*+ (?: \[ [^\[\]]*+ \] (?: \( [^()\s]*+ \) )?+ [^\[\]]*+ )*+ \]"
BLOCK_ID = r"\^ (?<= \s \^) (?! \d{1,3} [ \t]*+ (?:\n|\Z)) [A-Za-z\d-]++ (?= [ \t]*+ (?:\n|\Z))"
FOOTNOTE_MARK = r"\[\^ [^\[\]\s]++ \]"
FOOTNOTE = rf"\n (?P<footnote> [ ]{{0,3}} (?: > [ >]*+ )?+ ) {FOOTNOTE_MARK} : [ \t]*+"
CALLOUT = r"\n (?P<quote> [ \t]*+ > [ \t>]*+ ) \[!(?P<kind> [\w|-]++ ) \] [+-]?+ [ \t]*+ (?P<title> [^\n]*+ )"
_OUTDENTED = re.compile(r"\n[ \t]*+\n(?=[^ \t\n])")


def line(scan: Scan, found: re.Match[str]) -> int | None:
    """Take out a line that says nothing."""
    scan.blank(found.start() + 1, found.end())
    return found.end()


def mark(scan: Scan, found: re.Match[str]) -> int | None:
    """Take out a mark that says nothing."""
    scan.hide(found.start(), found.end())
    return found.end()


def highlight(scan: Scan, found: re.Match[str]) -> int | None:
    """Take out the marks around `==highlighted words==`."""
    start, after = found.span()
    if start in scan.closings:
        return after
    end = scan.in_paragraph(_HIGHLIGHT_END, after)
    if end is None:
        return None
    scan.hide(start, after)
    scan.hide(end.start(), end.end())
    scan.closings.add(end.start())
    return after


def wiki_link(scan: Scan, found: re.Match[str]) -> int | None:
    """Keep of `[[target|shown]]` what a reader is shown, and nothing of an embed or of a table of contents."""
    start, end = found.span()
    target = found["target"]
    if found["embed"] or target.lower() in _CONTENTS or target.startswith("#^"):
        return mark(scan, found)
    shown_start, shown_end = found.span("shown" if (found["shown"] or "").strip() else "target")
    if shown_start == found.start("target"):  # a link to a note, a heading of it, or a heading of this note
        page = target.partition("#")[0]
        shown_start, shown_end = (shown_start, shown_start + len(page)) if page else (shown_start + 1, shown_end)
    scan.hide(start, shown_start)
    scan.hide(shown_end, end)
    return shown_start


def span(scan: Scan, found: re.Match[str]) -> int | None:
    """Take the brackets off `[words]{.with attributes}`; the attributes are a mark of their own."""
    scan.hide(found.start(), found.start() + 1)
    scan.hide(found.end() - 1, found.end())
    return found.start() + 1


def citation(scan: Scan, found: re.Match[str]) -> int | None:
    """Take out `[@key, p. 7]`, unless it is the name of a link."""
    return None if found[0][1:-1].lower() in scan.names(_DEFINED) else _within_paragraph(scan, found)


def inline_note(scan: Scan, found: re.Match[str]) -> int | None:
    """Take out `^[a note in the middle of a sentence]`: it is no part of that sentence."""
    return _within_paragraph(scan, found) if " " in found[0] else None


def footnote(scan: Scan, found: re.Match[str]) -> int | None:
    """Make each footnote a paragraph of its own, and its indented paragraphs prose."""
    start, end = found.end("footnote"), found.end()
    if found["footnote"].strip():
        scan.begin_paragraph(start, end)
    else:
        scan.blank(start, end)
    outdented = scan.after(_OUTDENTED, found.end())
    scan.indented.append(Indented(found.end(), outdented.start() if outdented else len(scan.source), 7))
    return found.end()


def callout(scan: Scan, found: re.Match[str]) -> int | None:
    """Take out the mark of a callout, and let its title be a line of its own."""
    start, end = found.end("quote"), found.start("title")
    scan.begin_paragraph(start, end)
    if found["title"]:
        scan.end_title(found.end(), found.end())
    return found.start("title")


def _within_paragraph(scan: Scan, found: re.Match[str]) -> int | None:
    return mark(scan, found) if found.end() <= scan.paragraph_end(found.start()) else None
