r"""Telling LaTeX from the escapes of JSON: models write \frac behind one backslash, which JSON reads as a form feed."""

from __future__ import annotations

import re

_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)([A-Za-z]*)", re.DOTALL)

# Commands whose first letter is that of an escape, and which nothing else can be meant by.
_COMMAND = re.compile(
    r"b(?:ack(?:slash|sim|simeq|prime)|ar|arwedge|cancel|ecause|egin|eta|eth|etween|f|ig[a-z]*|inom|lack[a-z]*|m|mod"
    r"|old[a-z]*|ot|owtie|ox[a-z]*|race|rack|ra|raket|reve|ull|ullet|umpeq)"
    r"|f(?:allingdotseq|box|colorbox|lat|ootnote[a-z]*|orall|rac|rak|rame[a-z]*|rown)"
    r"|n(?:abla|atural|cong|earrow|eq|eqq|ewcommand|ewline|geq[a-z]*|gtr|[lL]eftarrow|[rR]ightarrow|leq[a-z]*"
    r"|olimits|onumber|orm|ormalsize|otin|preceq|subseteq|succeq|supseteq|vdash|vDash|warrow)"
    r"|t(?:anh|au|binom|ext[a-z]*|frac|herefore|heta|hick[a-z]+|hinspace|ilde|imes|o|op|riangle[a-z]*|wohead[a-z]+)"
)
# What follows the line break or tab is a word as well, and after a backspace or a form feed any letters may stand.
_WORD_TOO = re.compile(
    r"n(?:e|eg|exists|i|less|mid|ot|parallel|prec|shortmid|sim|subset|succ|supset|u)|ta[gn]|[bf][a-zA-Z]+"
)
_BACKSLASH = re.compile(r"\\[A-Za-z]")


def with_its_backslashes(string: str) -> str:
    r"""Return a string of JSON in which each backslash of LaTeX is doubled; escapes of JSON stay what they are.

    One that may be an escape before a word (\nu, \not) is LaTeX beside other LaTeX or dollars, and else a line break.
    """
    escapes = list(_ESCAPE.finditer(string))
    latex = any(_is_no_escape(escape) or _COMMAND.fullmatch(_word(escape)) for escape in escapes)
    in_latex = latex or any(map(_BACKSLASH.search, string.split("$")[1:-1]))
    return _ESCAPE.sub(lambda escape: _mended(escape, in_latex), string)


def _mended(escape: re.Match[str], in_latex: bool) -> str:
    if escape[1] == "'":
        return escape[0][1:]  # JSON has no such escape, and models write it for an apostrophe
    word = _word(escape)
    if in_latex and (_is_no_escape(escape) or _COMMAND.fullmatch(word) or _WORD_TOO.fullmatch(word)):
        return f"\\{escape[0]}"
    return escape[0]


def _word(escape: re.Match[str]) -> str:
    return escape[1] + escape[2]


def _is_no_escape(escape: re.Match[str]) -> bool:
    r"""Whether the backslash can only be LaTeX's; so before r with a letter, since text has no use of it."""
    letter = escape[1]
    if letter == "r":
        return bool(escape[2])
    return len(letter) == 1 and letter not in "\"\\/bfnt'"
