"""The body of a WordPress post as HTML: paragraphs of its classic editor, and no shortcodes.

WordPress stores a body as its author typed it, and makes paragraphs of blank lines only when it shows the post.
Source: wpautop in wp-includes/formatting.php and get_shortcode_regex in wp-includes/shortcodes.php.
"""

from __future__ import annotations

import re

_BLOCKS = (
    "table thead tfoot caption col colgroup tbody tr td th div dl dd dt ul ol li pre form map area blockquote address"
    " style p h[1-6] hr fieldset legend section article aside hgroup header footer nav figure figcaption details menu"
    " summary script iframe"
)
_BLOCK = re.compile(rf"\s*</?(?:{'|'.join(_BLOCKS.split())})(?=[\s/>])", re.IGNORECASE)
_KEPT = re.compile(r"(<(pre|script|style|table|ul|ol|blockquote|figure)\b.*?</\2\s*>)", re.DOTALL | re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)  # also those by which its block editor marks blocks
_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")

_WITH_CONTENT = "code|sourcecode|embed|audio|video|playlist|gallery|contact-form|contact-form-7|mailpoet_form|latex"
_HIDDEN = re.compile(rf"\[({_WITH_CONTENT})\b[^\]\n]{{0,2000}}\](?:(?:(?!\[/\1\]).){{0,20000}}?\[/\1\])?", re.DOTALL)
_MARK = re.compile(
    r"\[/[a-z][\w-]*\]|\[[a-z][\w-]*(?:\s+[\w-]+=(?:\"[^\"\]]*\"|'[^'\]]*'|[^\s\]]+))+\s*/?\]"
    r"|\[(?:caption|gallery|more|nextpage|toc|contents|ez-toc|subscribe2)\s*/?\]",
    re.IGNORECASE,
)


def as_html(body: str) -> str:
    """Return a body with paragraphs, without comments and shortcodes; words in brackets, like [sic], stay."""
    text = body.replace("\r\n", "\n").replace("\r", "\n")
    text = _COMMENT.sub("", _MARK.sub("", _HIDDEN.sub("", text)))
    if re.search(r"<p[\s>]", text, re.IGNORECASE):
        return text
    pieces = _KEPT.split(text)
    return "\n".join(piece if at % 3 == 1 else _paragraphs(piece) for at, piece in enumerate(pieces) if at % 3 != 2)


def _paragraphs(text: str) -> str:
    return "\n".join(
        one if _BLOCK.match(one) else f"<p>{one.strip().replace(chr(10), '<br>')}</p>"
        for one in _BLANK_LINES.split(text)
        if one.strip()
    )
