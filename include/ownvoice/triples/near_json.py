"""What models write in the place of JSON: other quotes, quotes inside quotes, JSON inside a string."""

from __future__ import annotations

import json
import re

MAX_CHARS = 1_000_000
"""So much of an answer is read; the longest that a recipe allows (32,000 tokens) has a fifth of it."""


def _text_between(opening: str, closing: str, name: str) -> str:
    """Return the pattern of a string: a closing quote ends it only where JSON could go on, so "a "b" c" is one."""
    ending = rf"{closing}(?=\s*+(?:[:,}}\]]|/[/*]|\Z))"
    return rf"{opening}(?P<{name}>(?:[^{closing}\\]|\\.|(?!{ending}){closing})*+)(?:{closing}|\\?\Z)"


_TOKEN = re.compile(
    "|".join(
        (
            _text_between('"', '"', "double"),
            _text_between("'", "'", "single"),
            _text_between("“", "”", "curly"),
            r"(?P<word>[A-Za-z_]\w*+)(?=(?P<colon>\s*+:)?)",
            r"(?P<comment>//[^\n]*+|/\*.*?(?:\*/|\Z))",
        )
    ),
    re.DOTALL,
)
_JSON_WORDS = {"True": "true", "False": "false", "None": "null", "undefined": "null"}
_BARE_QUOTE = re.compile(r'(\\.)|"', re.DOTALL)
_BYTE_ESCAPE = re.compile(r"(?<!\\)((?:\\\\)*)\\(?:x(?!cancel)([0-9a-fA-F]{2})|U([0-9a-fA-F]{8}))")  # Python's


def unwrapped(text: str) -> str:
    """Return the text inside a JSON string that is the whole answer, and any other text as it is."""
    if not text.lstrip().startswith('"'):
        return text
    try:
        inner = json.loads(text[:MAX_CHARS], strict=False)
    except (ValueError, RecursionError):
        return text
    return inner if isinstance(inner, str) else text


def as_json(text: str) -> str:
    """Return `text` with the quotes of JSON: a Python or JavaScript literal, typographic quotes, bare quotes in a text.

    No character of any text is changed, guessed or left out. Where a quote may or may not end its text, what comes out
    is no JSON, or the text that the model meant.
    """
    start = text.find("{", 0, MAX_CHARS)
    return _TOKEN.sub(_quoted, text[start:MAX_CHARS]) if start >= 0 else ""


def _quoted(token: re.Match[str]) -> str:
    if token["comment"] is not None:
        return ""
    if (word := token["word"]) is not None:
        return json.dumps(word) if token["colon"] else _JSON_WORDS.get(word, word)
    inner = _BYTE_ESCAPE.sub(_json_escape, token[token.lastgroup or 0])
    return f'"{_BARE_QUOTE.sub(_escaped_quote, inner)}"'


def _escaped_quote(match: re.Match[str]) -> str:
    return match[1] or '\\"'


def _json_escape(match: re.Match[str]) -> str:
    character = int(match[2] or match[3], 16)
    return match[1] + (json.dumps(chr(character))[1:-1] if 0x20 < character <= 0x10FFFF else match[0][len(match[1]) :])
