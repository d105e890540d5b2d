"""Taking a reasoning model's thinking out of its text: a draft in it is no answer."""

from __future__ import annotations

import re

_OPENED = re.compile(r"\s*(?:<(?:think|thinking|thought|reasoning)>|\[think\])", re.IGNORECASE)
_CLOSED = re.compile(r"</(?:think|thinking|thought|reasoning)>|\[/think\]", re.IGNORECASE)
_CLOSED_AT_LINE_END = re.compile(rf"(?:{_CLOSED.pattern})[ \t]*(?:\r?\n|\Z|(?=\{{|```))", re.IGNORECASE)


def without_thinking(text: str) -> str:
    """Return `text` without the thinking at its beginning; nothing is left where that is never closed.

    The opening tag may be missing, since some chat templates put it into the prompt. The closing one then counts only
    at the end of a line or before JSON: inside an answer it is a word that the answer quotes, where JSON has no line
    breaks of its own.
    """
    at = 0
    while opened := _OPENED.match(text, at):
        closed = _CLOSED.search(text, opened.end())
        at = closed.end() if closed else len(text)
    for closed in _CLOSED_AT_LINE_END.finditer(text, at):
        at = closed.end()
    return text[at:]
