"""Markup taken apart without a tree: tags cut to a bounded number of attributes, and the text between the tags.

One pattern follows the tokenizer of https://html.spec.whatwg.org/multipage/parsing.html#tokenization. It never fails
after a `<` that opens something, so a page is read once, whatever is in it.
"""

from __future__ import annotations

import html
import re

MAX_ATTRIBUTES = 256
"""Attributes of one tag that are read. libxml2 compares each with all before it: 30,000 take it seconds."""

_SHORT_TAG_CHARS = 2 * MAX_ATTRIBUTES

RAW_TEXT = ("script", "style", "textarea", "title", "iframe", "noembed", "noframes")
"""Elements whose content is no markup, and no text of the page."""

_VALUE = r"""(?: "[^"]*+(?:"|\Z) | '[^']*+(?:'|\Z) | [^\s>"'][^\s>]*+ )"""
_ATTRIBUTE = rf"[\s/]*+ (?:=|[^\s/>=]) [^\s/>=]*+ (?: \s*+ = \s*+ {_VALUE}?+ )?+"
_ATTRIBUTES = re.compile(_ATTRIBUTE, re.VERBOSE)
_TOKEN = re.compile(
    rf"""<!-- (?: -?> | .*? (?: --!?> | \Z ) )
    | (?P<start> </?+ (?: (?P<raw> (?<!/) (?:{"|".join(RAW_TEXT)}) (?=[\s/>]) ) | [a-z][^\s/>]*+ ) )
      (?P<attributes> (?:{_ATTRIBUTE})*+ ) [\s/]*+ (?: > | \Z )
      (?(raw) (?P<content> .*? (?: (?=</(?P=raw)[\s/>]) | \Z ) ) )
    | <[!?/] [^>]*+ (?: > | \Z )""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)


def with_bounded_tags(markup: str) -> str:
    """Return the markup, each tag without the attributes after its first `MAX_ATTRIBUTES`."""
    return _TOKEN.sub(_bounded, markup)


def text_between_tags(markup: str) -> str:
    """Return the text outside tags, comments and `RAW_TEXT` as it is read: with its character references resolved."""
    return html.unescape(_TOKEN.sub(" ", markup))


def _bounded(token: re.Match[str]) -> str:
    attributes = token["attributes"]
    if attributes is None or len(attributes) <= _SHORT_TAG_CHARS:
        return token[0]
    kept = [found[0] for found, _ in zip(_ATTRIBUTES.finditer(attributes), range(MAX_ATTRIBUTES), strict=False)]
    return f"{token['start']}{''.join(kept)}>{token['content'] or ''}"
