"""The inline marks of Markdown and HTML in one pattern, after CommonMark 0.31, section 6."""

from __future__ import annotations

import re

EDGE = "\x1e"
"""The ASCII record separator, in the place of each line break of the cleaned text until all else is done.

A masked text does not contain it, and no mark reaches across it.
"""

HIDDEN = "\ufdd0"
"""A code point that is no character, in the place of each character of a mark that the inline pass drops."""

_TAGS = (
    "a abbr acronym address area b base basefont bdi bdo big body button center cite code col colgroup data del dfn em"
    " embed font footer form frame frameset head header hr html i iframe img input ins kbd label legend link main map"
    " mark menu meta nav noscript object optgroup option output param picture progress q rp rt ruby s samp section"
    " select small source span strike strong sub sup svg time title track tt u var video audio wbr"
)
WIDE_RANGES = r"\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef"
# Every alternative begins with a literal, so that the engine skips plain text at full speed.
_MARKS = rf"""
    \n (?: [ \t>]+ | (?<=[ \t]\n) | (?<=\w-\n)(?=\w) | (?<=[{WIDE_RANGES}]\n)(?=[{WIDE_RANGES}]) )
  | \*\** | __* | ~~
  | \\ [\n!-/:-@\[-`{{-~]
  | ` (?<!``) (?!`) (?: [^`{EDGE}]++ | ``++ )*+ `
  | `` (?<!```) (?!`) (?: [^`{EDGE}]++ | ` (?!`) | ```++ )*+ ``
  | !\[ [^\[\]{EDGE}]* \] \( [^(){EDGE}]* (?: \( [^(){EDGE}]* \) [^(){EDGE}]* )*+ \)
  | \[\^ [^\[\]\s]+ \]
  | \[
  | \] (?: \( [ \n]*+ (?: <[^<>\n{EDGE}]*> | (?: [^\s()<]++ | \([^\s()]*\) )*+ )
              (?: [ \n]++ (?: "[^"{EDGE}]*" | '[^'{EDGE}]*' ) )? [ \n]*+ \)
         | \[ [^\[\]{EDGE}]* \] (?!\() )?
  | & (?: \#\d{{1,7}} | \#[xX][\da-fA-F]{{1,6}} | [a-zA-Z][a-zA-Z\d]{{1,31}} ) ;
  | < (?: \x00* > | (?:https?://|mailto:)[^\s<>]+> | /?(?:{"|".join(_TAGS.split())})\b[^<>{EDGE}]*> )"""
_MATHS = rf"""
    \$\$ [^${EDGE}{HIDDEN}]++ \$\$
  | \$ (?! [\s$] ) [^$\n{EDGE}{HIDDEN}]++ \$ (?<! \s \$ ) (?! \w )"""
MARK = re.compile(rf"({_MARKS} | {HIDDEN}{HIDDEN}*+ | {_MATHS} )", re.VERBOSE)
MARK_1 = re.compile(rf"({_MARKS} )", re.VERBOSE)
"""The pattern of version 1, which kept nothing of mathematics together."""
WIDE = re.compile(rf"[{WIDE_RANGES}]")
# A line that begins with one of these words, after a hyphen: "pre- and post-training" is not a word that wrapped.
SUSPENDED = re.compile(r"(?:and|or|to|und|oder|bis|et|ou|y|e|o|en|of)\b")
