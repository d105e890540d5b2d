"""Whether there is anything to quote in an article: a page of links, menus and headings alone holds no sentence."""

from __future__ import annotations

import re
from itertools import pairwise

from ownvoice.chunks.cleaning import clean
from ownvoice.chunks.punctuation import ends_sentence
from ownvoice.chunks.sentences import sentence_ends

_LINK = re.compile(
    r"""!?\[\[ [^\[\]]* \]\]  # of a wiki
      | !?\[ [^\[\]]* \] (?: \( [^()\s]* (?:\s+"[^"]*")? \s* \) | \[ [^\[\]]* \] )  # with the address there or below
      | <a\b [^<>]* > [^<>]* </a>
      | <https?:// [^<>\s]* > | https?://\S+""",
    re.VERBOSE | re.IGNORECASE,
)
_LETTER = re.compile(r"[^\W\d_]")


def has_prose(content: str) -> bool:
    """Whether a sentence ends outside the links of an article's content.

    A chosen answer ends as a sentence does, so an article without one is asked about in vain.
    """
    text = clean(_LINK.sub("", content), "faithful").text
    ends = (0, *sentence_ends(text), len(text))
    return any(_is_sentence(text[start:end]) for start, end in pairwise(ends))


def _is_sentence(text: str) -> bool:
    return ends_sentence(text) and _LETTER.search(text) is not None
