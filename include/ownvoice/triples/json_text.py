"""JSON as models write it: a comma too many, LaTeX behind single backslashes, or broken off; read within bounds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from ownvoice.triples.near_json import MAX_CHARS

_MAX_FALSE_STARTS = 100  # each brace that begins no object costs a look at the rest of the text

_DECODER = json.JSONDecoder(strict=False)  # models put raw line breaks into strings

# Possessive, and an unclosed string reaches to the end: each character is looked at once, whatever the text holds.
_STRING_OR_COMMA = re.compile(r'("(?:[^"\\]|\\.)*+(?:"|\\?\Z))|,(?=\s*+[}\]])', re.DOTALL)

_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)([A-Za-z]*)", re.DOTALL)
# LaTeX commands that begin with the letter of an escape: those that nothing else can be meant by.
_COMMAND = re.compile(
    r"b(?:eta|ar|egin|f|inom|ig[a-zA-Z]*|old[a-zA-Z]*|mod|ullet|ot|ox|ackslash|race|rack|reve|ecause|lack[a-zA-Z]*)"
    r"|f(?:rac|orall|lat|rown|box|rame[a-zA-Z]*|ootnote[a-zA-Z]*)"
    r"|t(?:imes|heta|ext(?:bf|it|tt|rm)?|au|anh?|o|op|riangle|frac|ilde)|n(?:abla|eq|otin|mid|parallel|ewline|earrow)"
)
# After a line break these are words of some language, and after a backspace or a form feed any letters may stand;
# they are commands only where other LaTeX or a dollar stands by.
_COMMAND_BESIDE_LATEX = re.compile(r"n(?:u|e|i|ot|eg)|[bf][a-zA-Z]+")


def objects(text: str) -> Iterator[dict[str, Any] | None]:
    """Yield the JSON objects of `text` as they are found, and None for a brace that begins no complete object.

    Text around them (a greeting, a Markdown fence) is skipped. Of an object that breaks off, the complete objects
    inside it are yielded.
    """
    start = text.find("{", 0, MAX_CHARS)
    json_text = _STRING_OR_COMMA.sub(_mended, text[start:MAX_CHARS]) if start >= 0 else ""
    at, false_starts = json_text.find("{"), 0
    while at >= 0 and false_starts < _MAX_FALSE_STARTS:
        try:
            value, end = _DECODER.raw_decode(json_text, at)
        except (ValueError, RecursionError):
            value, end = None, at + 1
            false_starts += 1
        yield value
        at = json_text.find("{", end)


def _mended(match: re.Match[str]) -> str:
    """Return a string with its backslashes as JSON wants them, and nothing for a comma before a bracket."""
    string: str = match[1] or ""
    if "\\" not in string:
        return string
    beside_latex = any(_is_no_escape(escape) for escape in _ESCAPE.finditer(string))
    return _ESCAPE.sub(lambda escape: _mended_escape(escape, beside_latex), string)


def _mended_escape(escape: re.Match[str], beside_latex: bool) -> str:
    r"""Keep an escape of JSON; double the backslash of a LaTeX command, so that \frac is no form feed."""
    whole, word = escape[0], escape[1] + escape[2]
    if escape[1] == "'":
        return whole[1:]  # JSON has no such escape, and models write it for an apostrophe
    in_latex = beside_latex or escape.string.startswith("$", escape.start() - 1)
    if _is_no_escape(escape) or _COMMAND.fullmatch(word) or (in_latex and _COMMAND_BESIDE_LATEX.fullmatch(word)):
        return f"\\{whole}"
    return whole


def _is_no_escape(escape: re.Match[str]) -> bool:
    r"""Whether the backslash can only be LaTeX's; so before r with a letter, since text has no use of it."""
    letter = escape[1]
    if letter == "r":
        return bool(escape[2])
    return len(letter) == 1 and letter not in "\"\\/bfnt'"
