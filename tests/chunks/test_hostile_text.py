"""Text made to be slow: each of these would take minutes if any rule looked back over what it had read."""

from __future__ import annotations

import pytest

from ownvoice.chunks import cut_article
from ownvoice.recipe import GenerationRecipe

MARKS = [
    "[",
    "]",
    "![",
    "](",
    "](a",
    "*",
    "**a ",
    "*a _b ",
    "_a",
    "`",
    "`` ` ",
    "```\n",
    "````a\n",
    "~~~\n",
    "<",
    "<a ",
    "<!--",
]
MARKS += [
    "<pre>",
    "<p",
    "&",
    "&amp",
    "> ",
    "\n> > ",
    "|",
    "|-",
    "\n|---|\n",
    "-|-\n",
    "#",
    "# \n",
    "- ",
    "\n- ",
    "1. ",
    " ",
    " \n",
]
MARKS += [
    "\\",
    "\t",
    "    \n",
    "[^",
    "[a]:",
    "=\n",
    "- - ",
    ".",
    ". ",
    "e.g. ",
    "a\u0301",
    "\u0301",
    "。",
    "Share this post\n\n",
    "7\n\n",
]


@pytest.mark.parametrize("mark", MARKS)
def test_a_long_run_of_one_mark_is_read_in_linear_time(mark):
    article = "Text.\n\n" + mark * (200_000 // len(mark)) + "\n\nMore text."
    for cleaning in ("faithful", "chapter"):
        chunks = cut_article(article, GenerationRecipe(cleaning=cleaning))
        assert all(len(chunk.text) <= 2000 for chunk in chunks) or cleaning == "chapter"
