"""Texts between marks that none of them can hold, so that nothing in a text is taken for what a model is told. Pure.

The code in the marks is a hash of the texts: the same in both orders, and in no text. Control tokens of chat templates
are broken with a space, since a server may take them for its own wherever they stand.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence

Part = tuple[str, str]
"""What a text is, such as "answer A", and the text."""

_CODE_CHARS = 12

PART = re.compile(
    r"\[(?P<name>[a-z]+(?: [a-z]+)?(?: [AB\d])?) (?P<code>[0-9a-f]{12})\]\n"
    r"(?P<text>.*?)\n\[end of (?P=name) (?P=code)\]",
    re.DOTALL,
)
"""A part between its marks, as `fenced` writes it."""

# JSON carries them, but some servers refuse them, and a lone surrogate has no UTF-8.
_NOT_SHOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\ud800-\udfff]")
_CHAT_TOKEN = re.compile(
    r"(?P<open><(?=\|[^<>\n]{1,80}\|>)|<(?=\|[a-z_]{1,40}>)|<(?=｜[^<>\n]{1,80}｜>)|<(?=[a-z_]{1,40}\|>)"
    r"|<(?=/?(?:s|bos|eos|pad|unk|start_of_turn|end_of_turn|end_of_text)>)|<<(?=/?SYS>>)|\[(?=/?[A-Z_]{3,30}\]))"
)


def shown(text: str) -> str:
    """Return a text as a model sees it: without control characters, and with the tokens of chat templates broken."""
    return _CHAT_TOKEN.sub(r"\g<open> ", _NOT_SHOWN.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n")))


def code_for(texts: Iterable[str], revision: str = "") -> str:
    """Return 12 hex digits that stand in none of `texts`; they are the same in any order of these.

    Another `revision`, such as that of a judge, makes another request, which is asked again.
    """
    texts = sorted(texts)
    code = _hash(json.dumps([revision, texts]))
    while any(code in text for text in texts):
        code = _hash(code)
    return code


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_CODE_CHARS]


def fenced(parts: Sequence[Part], code: str) -> str:
    """Return the parts, each between two marks with `code`."""
    return "\n\n".join(f"[{name} {code}]\n{text}\n[end of {name} {code}]" for name, text in parts)
