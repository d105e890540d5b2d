"""The body of a WordPress post as HTML: paragraphs of its classic editor, and no shortcodes.

WordPress stores a body as its author typed it, and makes paragraphs of blank lines only when it shows the post.
Source: wpautop in wp-includes/formatting.php and get_shortcode_regex in wp-includes/shortcodes.php.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import ascii_lowercase, ascii_uppercase

_BLOCKS = (
    "table thead tfoot caption col colgroup tbody tr td th div dl dd dt ul ol li pre form map area blockquote address"
    " style p h[1-6] hr fieldset legend section article aside hgroup header footer nav figure figcaption details menu"
    " summary script iframe"
)
_BLOCK = re.compile(rf"\s*</?(?:{'|'.join(_BLOCKS.split())})(?=[\s/>])", re.IGNORECASE)
_KEPT = re.compile(r"<(pre|script|style|table|ul|ol|blockquote|figure)\b", re.IGNORECASE)
_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)  # which keeps every place
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)  # also those by which its block editor marks blocks
_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")

_WITH_CONTENT = "code|sourcecode|embed|audio|video|playlist|gallery|contact-form|contact-form-7|mailpoet_form|latex"
_HIDDEN = re.compile(rf"\[({_WITH_CONTENT})\b[^\[\]\n]{{0,2000}}\]")
_HIDDEN_CHARS = 20_000  # of what a shortcode may hold; beyond that its end is another's
_MARK = re.compile(
    r"\[/[a-z][\w-]*\]|\[[a-z][\w-]*(?:\s+[\w-]+=(?:\"[^\"\]]*\"|'[^'\]]*'|[^\s\]]+))+\s*/?\]"
    r"|\[(?:caption|gallery|more|nextpage|toc|contents|ez-toc|subscribe2)\s*/?\]",
    re.IGNORECASE,
)


def as_html(body: str) -> str:
    """Return a body with paragraphs, without comments and shortcodes; words in brackets, like [sic], stay."""
    text = body.replace("\r\n", "\n").replace("\r", "\n")
    text = _COMMENT.sub("", _MARK.sub("", _without_hidden(text)))
    if re.search(r"<p[\s>]", text, re.IGNORECASE):
        return text
    return "\n".join(piece if is_kept else _paragraphs(piece) for is_kept, piece in _pieces(text))


def _pieces(text: str) -> Iterator[tuple[bool, str]]:
    """Yield the blocks of a text that keep their lines, and what is between them."""
    lowered, position = text.translate(_LOWER), 0
    unclosed: set[str] = set()
    for mark in _KEPT.finditer(lowered):
        name = mark[1]
        if mark.start() < position or name in unclosed:
            continue
        end = lowered.find(f"</{name}>", mark.end())
        if end < 0:
            unclosed.add(name)
            continue
        yield False, text[position : mark.start()]
        position = end + len(name) + 3
        yield True, text[mark.start() : position]
    yield False, text[position:]


def _without_hidden(text: str) -> str:
    """Return a text without the shortcodes that make something else of what they hold, and without that."""
    parts: list[str] = []
    position = 0
    for mark in _HIDDEN.finditer(text):
        if mark.start() < position:
            continue
        end = f"[/{mark[1]}]"
        found = text.find(end, mark.end(), mark.end() + _HIDDEN_CHARS)
        parts.append(text[position : mark.start()])
        position = mark.end() if found < 0 else found + len(end)
    return "".join([*parts, text[position:]])


def _paragraphs(text: str) -> str:
    return "\n".join(
        one if _BLOCK.match(one) else f"<p>{one.strip().replace(chr(10), '<br>')}</p>"
        for one in _BLANK_LINES.split(text)
        if one.strip()
    )
