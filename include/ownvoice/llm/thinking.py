"""Taking a reasoning model's thinking out of its text: a draft in it is no answer."""

from __future__ import annotations

import re

_TAGS = r"think|thinking|thoughts?|reasoning"
_PROMPTED_TAGS = rf"{_TAGS}|reason|reflection|analysis|scratchpad"  # the usual words, where a prompt has asked for tags

# Opening and closing marks. Models with marks of their own are named.
_OPEN = (
    rf"<(?:\w{{1,20}}:)?(?:{_PROMPTED_TAGS})(?:\s[^<>]{{0,100}})?>",
    r"\[think\]",  # Magistral
    r"◁think▷",  # Kimi
    r"<\|begin_of_thought\|>",  # Sky-T1, OpenThinker
    r"<\|start_thinking\|>",  # Command A
    r"<\|channel>thought\b",  # Gemma 4
)
_CLOSE = (
    rf"</(?:\w{{1,20}}:)?(?:{_TAGS})>",
    r"\[/think\]",
    r"◁/think▷",
    r"<\|end_of_thought\|>",
    r"<\|end_thinking\|>",
    r"<channel\|>",
)
_PROMPTED_CLOSE = rf"</(?:\w{{1,20}}:)?(?:{_PROMPTED_TAGS})>"

_OPENED = re.compile(rf"\s*(?:{'|'.join(_OPEN)})", re.IGNORECASE)
_MARK = re.compile(rf"(?P<open>{'|'.join(_OPEN)})|{'|'.join((_PROMPTED_CLOSE, *_CLOSE[1:]))}", re.IGNORECASE)
_CLOSED_AT_LINE_END = re.compile(rf"(?:{'|'.join(_CLOSE)})[ \t]*(?:\r?\n|\Z|(?=[\[{{]|```))", re.IGNORECASE)

# gpt-oss answers in channels, of which "final" is the answer; a server that drops special tokens leaves the words.
_CHANNELS = re.compile(r"\s*(?:<\|start\|>assistant\s*)?<\|channel\|>")
_FINAL_CHANNEL = re.compile(r"<\|channel\|>\s*final\b[^<]{0,50}(?:<\|constrain\|>[^<]{0,50})?<\|message\|>")
_END_OF_CHANNEL = re.compile(r"<\|(?:return|end|call|start)\|>")
_CHANNEL_WORDS = re.compile(r"\s*analysis")
_FINAL_WORDS = "assistantfinal"


def without_thinking(text: str) -> str:
    """Return `text` without the thinking at its beginning; nothing is left where that is never closed.

    The opening tag may be missing, since some chat templates put it into the prompt. The closing one then counts only
    at the end of a line or before JSON: inside an answer it is a word that the answer quotes, where JSON has no line
    breaks of its own.
    """
    if _CHANNELS.match(text):
        return _final_channel(text)
    if _CHANNEL_WORDS.match(text) and _FINAL_WORDS in text:
        return text.rpartition(_FINAL_WORDS)[2]
    at = 0
    while opened := _OPENED.match(text, at):
        at = _end_of_thinking(text, opened.end())
    for closed in _CLOSED_AT_LINE_END.finditer(text, at):
        at = closed.end()
    return text[at:]


def _end_of_thinking(text: str, at: int) -> int:
    """Return where thinking that is open at `at` ends: where its marks are all closed, else at the last closing one."""
    depth, end = 1, len(text)
    for mark in _MARK.finditer(text, at):
        depth += 1 if mark["open"] else -1
        if not mark["open"]:
            end = mark.end()
        if depth == 0:
            break
    return end


def _final_channel(text: str) -> str:
    finals = list(_FINAL_CHANNEL.finditer(text))
    return _END_OF_CHANNEL.split(text[finals[-1].end() :], maxsplit=1)[0] if finals else ""
