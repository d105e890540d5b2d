"""The blocks of a masked article: paragraphs, headings and list items. Code blocks and rules are passed over.

The grammar follows CommonMark 0.31, with the habits of html2text: headings that wrap, code that begins with a line of
four spaces. Everything that is not Markdown is masked before (`masks`), so one pattern finds every block.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Block(NamedTuple):
    """Kind (text, item or heading), start and end of a block, without its block marks."""

    kind: str
    start: int
    end: int


# A line that ends the block before it. In prose only the number 1 starts a list (CommonMark 0.31, section 5.3).
_STOP = r"""(?:
    [ \t>]*+ (?: \n | \Z )                                        # a blank line
  | [ \t>]*+ (?: =++ | --++ | [*_]{3,}+ ) [ \t]*+ (?: \n | \Z )   # a rule, or the line under a heading
  | [ \t>]*+ (?: \#{1,6}+ | [*+-] | NUMBER[.)] ) [ \t]
  | (?(quoted)(?!)|[ \t]*+>)
)"""
_TEXT_STOP, _ITEM_STOP = _STOP.replace("NUMBER", "1"), _STOP.replace("NUMBER", r"\d{1,3}")
_TEXT_BODY = rf"[^\n]*+ (?: \n (?!{_TEXT_STOP}) [^\n]*+ )*+"
_ITEM_BODY = rf"[^\n]*+ (?: \n (?!{_ITEM_STOP}) [^\n]*+ )*+"

_BLOCK = re.compile(
    rf"""
    \n*+ (?: (?!\ {{4}}\n) [ \t>]*+ \n )*+
    (?: (?P<code> \ {{4}}\n (?: \ {{4}}[^\n]*+ \n? | [ \t]*+\n )*+ )
      | (?P<deep> \ {{4}} | \t )? [ \t]*+ (?P<quoted> >[ \t>]*+ )?
        (?: (?P<rule> (?: (?:\*[ \t]*+){{3,}}+ | (?:-[ \t]*+){{3,}}+ | (?:_[ \t]*+){{3,}}+ ) (?=\n|\Z) )
          | (?P<heading> \#{{1,6}}+ (?: [ \t]++ | (?=\n|\Z) ) )
            (?: [^\n]{{66,}}+ \n (?!{_TEXT_STOP}) )*+ [^\n]*+
          | (?P<item> (?: [*+-] | \d{{1,3}}[.)] ) (?: [ \t]++ | (?=\n|\Z) ) (?: \[[ xX]\][ \t]++ )?+ ) {_ITEM_BODY}
          | \[ (?P<definition> (?!\^) [^\[\]\n]++ ) \]:[ \t]*+\S++ (?:[ \t]++["'(][^\n]*+)?+ [ \t]*+ (?=\n|\Z)
          | (?P<text> (?: \[\^[^\[\]\s]++\]:[ \t]*+ )?+ ) {_TEXT_BODY}
            (?P<setext> \n [ \t>]*+ (?: =++ | --++ ) [ \t]*+ (?=\n|\Z) )?
        )
    )
    """,
    re.VERBOSE,
)
_DEEP = _BLOCK.groupindex["deep"]


def find_blocks(masked: str) -> tuple[list[Block], frozenset[str]]:
    """Return the blocks of a masked text, in order, and the names of its link reference definitions, in lower case."""
    blocks: list[Block] = []
    definitions: set[str] = set()
    in_list = in_code = False
    for match in _BLOCK.finditer(masked):
        kind = match.lastgroup or ""
        is_deep = match.start(_DEEP) >= 0
        if kind == "code" or (is_deep and (in_code or not in_list)):
            in_code = True
            continue
        in_code = False
        if kind == "rule":
            continue
        if kind == "definition":
            definitions.add(match[kind].lower())
            continue
        start, end = match.end(kind), match.end()
        if kind == "setext":
            kind, start, end = "heading", match.end("text"), match.start("setext")
        in_list = kind == "item" or (in_list and is_deep)
        if start < end and masked[end - 1] in " \t#":
            end = _trimmed_end(masked, kind, start, end)
        if start < end:
            blocks.append(Block(kind, start, end))
    return blocks, frozenset(definitions)


def _trimmed_end(masked: str, kind: str, start: int, end: int) -> int:
    """Return where a block ends without white space, and a heading without its closing number signs."""
    while end > start and masked[end - 1] in " \t":
        end -= 1
    if kind == "heading" and masked.endswith("#", start, end):
        bare = masked[start:end].rstrip("#")
        if not bare or bare[-1] in " \t":  # "C#" keeps its sign
            return start + len(bare.rstrip())
    return end
