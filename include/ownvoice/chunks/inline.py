"""The inline grammar: which characters of one block are markup, and what stands in their place.

After CommonMark 0.31, section 6, in one pass: every mark is looked at once, and what must wait for its partner
(emphasis, links) waits on a stack, so hostile input stays linear.
"""

from __future__ import annotations

import html
import re

from ownvoice.chunks.cleaned import Edit

_TAGS = (
    "a abbr acronym address area b base basefont bdi bdo big body button center cite code col colgroup data del dfn em"
    " embed font footer form frame frameset head header hr html i iframe img input ins kbd label legend link main map"
    " mark menu meta nav noscript object optgroup option output param picture progress q rp rt ruby s samp section"
    " select small source span strike strong sub sup svg time title track tt u var video audio wbr"
)
_CJK = r"\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef"
_MARKS = r"*_~`\\\[\]&<\n"
# Every alternative begins with a literal: that lets the engine skip plain text at full speed.
_MARK = re.compile(
    rf"""
    \n (?: [ \t>]++ | (?<=[ \t]\n) | (?<=\w-\n)(?=\w) | (?<=[{_CJK}]\n)(?=[{_CJK}]) )
  | \*\* (?=[^\s*]) ([^{_MARKS}]++) (?<=\S) \*\* (?!\*)             # the usual emphasis, at once
  | _ (?<!\w_) (?=\S) ([^{_MARKS}]++) (?<=\S) _ (?!\w)
  | \*\**+ | __*+ | ~~
  | \\ [\n!-/:-@\[-`{{-~]
  | ` (?<!``) (?!`) (?: [^`]++ | ``++ )*+ `
  | `` (?<!```) (?!`) (?: [^`]++ | ` (?!`) | ```++ )*+ ``
  | !\[ [^\[\]]*+ \] \( [^()]*+ (?: \( [^()]*+ \) [^()]*+ )*+ \)
  | \[\^ [^\[\]\s]++ \]
  | \[
  | \] (?: \( \s*+ (?: <[^<>\n]*+> | (?: [^\s()<]++ | \([^\s()]*+\) )*+ ) (?: \s++ (?:"[^"]*+"|'[^']*+') )?+ \s*+ \)
         | \[ [^\[\]]*+ \] (?!\() )?+
  | & (?: \#\d{{1,7}} | \#[xX][\da-fA-F]{{1,6}} | [a-zA-Z][a-zA-Z\d]{{1,31}} ) ;
  | < (?: \x00*+ > | (?:https?://|mailto:)[^\s<>]++> | /?(?:{"|".join(_TAGS.split())})\b[^<>]*+> )
    """,
    re.VERBOSE,
)
_WIDE = re.compile(rf"[{_CJK}]")
_SPACES = re.compile(r"  +(?=\S)")
# After these a hyphen at a line's end is a suspended one ("pre- and post-training"), not a word that wrapped.
_SUSPENDED = re.compile(r"(?:and|or|to|und|oder|bis|et|ou|y|e|o|en|of)\b")


def inline_edits(source: str, start: int, end: int, detached: str, references: frozenset[str]) -> list[Edit]:
    """Return the edits, in order, that leave the author's words of the block [start, end).

    `detached` are the punctuation marks that the converter set off from a closing mark by a space; `references` are
    the names of the article's link definitions, in lower case.
    """
    edits: list[Edit] = []
    openers: dict[str, list[tuple[int, int]]] = {}
    brackets: list[int] = []
    for match in _MARK.finditer(source, start, end):
        left, right = match.span()
        mark = source[left]
        if mark == "\n":
            edits.append(_line_break(source, left, right))
        elif mark in "*_~":
            if match.lastindex:  # 1: **bold**, 2: _slanted_
                width = 3 - match.lastindex
                edits += ((left, left + width, ""), (right - width, _past_space(source, right, end, detached), ""))
            else:
                opened = openers.setdefault(mark, [])
                _pair_emphasis(source, (start, left, right, end), opened, edits, detached)
        elif mark == "`":
            width = 1 + (right - left > 3 and source[left + 1] == "`")
            edits += ((left, left + width, ""), (right - width, right, ""))
        elif mark == "\\":
            edits.append((left, right, "\n") if source[left + 1] == "\n" else (left, left + 1, ""))
        elif mark == "&":
            edits.append((left, right, html.unescape(source[left:right])))
        elif mark == "]" or right - left == 1:
            _pair_brackets(source, left, right, brackets, edits, references)
        elif source.startswith(("<http", "<mailto"), left):
            edits += ((left, left + 1, ""), (right - 1, right, ""))
        else:
            edits.append(_without(source, start, left, right, end))
    _drop_menu_icon(start, openers.get("_", []), edits)
    if source.find("  ", start, end) >= 0:
        edits += [(*spaces.span(), " ") for spaces in _SPACES.finditer(source, start, end)]
        edits.sort()
    return edits


def _drop_menu_icon(start: int, openers: list[tuple[int, int]], edits: list[Edit]) -> None:
    """Drop the icon that a block starts with and that closes nowhere: "__About"."""
    for index, left in openers:
        if left == start and edits[index][1] == start + 2:
            edits[index] = (start, start + 2, "")


def _line_break(source: str, left: int, right: int) -> Edit:
    before = left
    while source[before - 1] in " \t":
        before -= 1
    if source.startswith("  ", before):
        return before, right, "\n"
    last = source[before - 1]
    wrapped_word = last == "-" and source[before - 2].isalnum() and source[right].isalnum()
    if (wrapped_word and not _SUSPENDED.match(source, right)) or (_WIDE.match(last) and _WIDE.match(source, right)):
        return before, right, ""
    return before, right, " "


def _pair_emphasis(
    source: str, at: tuple[int, int, int, int], openers: list[tuple[int, int]], edits: list[Edit], detached: str
) -> None:
    """Let a run of marks close what stands open, and open with what is left of it."""
    start, left, right, end = at
    before = source[left - 1] if left > start else " "
    after = source[right] if right < end else " "
    closes, opens = not before.isspace(), not after.isspace()
    if source[left] == "_":
        # snake_case is no emphasis; html2text may glue the end of a sentence in emphasis to what follows.
        closes = closes and (not after.isalnum() or before in ".!?…")
        opens = opens and not before.isalnum()
    elif right - left == 1 and before.isdigit() and after.isdigit():  # 2*3
        return
    position = left
    while closes and openers and position < right:
        index, run_start = openers[-1]
        inner, outer, _ = edits[index]
        width = min(inner - run_start, right - position)
        edits[index] = (inner - width, outer, "")
        position += width
        if inner - width == run_start:
            openers.pop()
    if position > left:
        edits.append((left, _past_space(source, position, end, detached), ""))
    if position < right and opens:
        openers.append((len(edits), position))
        edits.append((right, right, ""))
    elif before.isspace() and after.isspace() and source.startswith("__", left):  # a lone icon
        edits.append(_without(source, start, left, right, end))


def _past_space(source: str, position: int, end: int, detached: str) -> int:
    """Step over the space that html2text puts between a closing mark and punctuation."""
    if position + 1 < end and source[position] == " " and source[position + 1] in detached:
        return position + 1
    return position


def _pair_brackets(
    source: str, left: int, right: int, brackets: list[int], edits: list[Edit], references: frozenset[str]
) -> None:
    if source[left] == "[":
        brackets.append(len(edits))
        edits.append((left, left, ""))
        return
    if not brackets:
        return
    index = brackets.pop()
    opener = edits[index][0]
    target = source[left + 1 : right]
    if target.startswith("["):
        name = target[1:-1] or source[opener + 1 : left]
        if name.lower() not in references:
            return
    if target:
        edits[index] = (opener, opener + 1, "")
        edits.append((left, right, ""))


def _without(source: str, start: int, left: int, right: int, end: int) -> Edit:
    """Drop [left, right), and the space that would be left double or at an edge of the block."""
    if left == start or source[left - 1].isspace():
        while right < end and source[right].isspace():
            right += 1
    if right == end:
        while left > start and source[left - 1].isspace():
            left -= 1
    return left, right, ""
