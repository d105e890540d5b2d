"""Text made to be slow: each of these would take minutes if any rule looked back over what it had read."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from ownvoice.chunks import cut_article
from ownvoice.config.recipe import GenerationRecipe

ARTICLE_CHARS = 200_000
ALARM_S = 20  # ten times what the slowest needs on a busy machine: a guard against blow-up, not a measurement
INLINE = [
    "[",
    "]",
    "![",
    "](",
    "](a",
    "[a][",
    "[^",
    "[a]:",
    "*",
    "**a ",
    "*a _b ",
    "_a",
    "*a",
    "a* ",
    "~",
    "\\",
    "&",
    "&amp",
]
CODE = ["`", "`` ` ", "```\n", "````a\n", "~~~\n", "\t", "    \n"]
HTML = ["<", "<a ", "<!--", "<pre>", "<p", "<http://"]
BLOCKS = [
    "|",
    "|-",
    "\n|---|\n",
    "-|-\n",
    "> ",
    "\n> > ",
    "#",
    "# \n",
    "- ",
    "\n- ",
    "1. ",
    "- - ",
    "=\n",
    " ",
    " \n",
    "\r",
]
TEMPLATES = [
    "{{",
    "{{<",
    "{{< a ",
    "{%",
    "{% a",
    "{% comment %}",
    "{{/*",
    "{#",
    "<%",
    "[a b=",
    "[a b='",
    '[a b="',
    "[a b=“",
    "[a b ",
]
TEMPLATES += ["[a]", "[/a]", "[gallery", "[embed]", "{% code %}", "{{< code >}}", "{{< a >}}", "[a b=c]"]
NOTES = [
    "%%",
    "%% ",
    "a%%a",
    "1 %% ",
    "\n    %%a\n",
    "==",
    "==a ",
    "==a==",
    "[[",
    "[[a|",
    "![[",
    "[[a]]",
    "^[",
    "^[a a",
    "[@",
    "[@a",
]
NOTES += [
    "\n[^1]: ",
    "\n[^1]: a\n\n    b",
    "\n> [^1]: a",
    "\n> [!a] b",
    " ^a\n",
    "{:",
    "{.a ",
    "{: .a",
    "[a]{.b}",
    "$",
    "$a",
    "$$a",
    "$a$",
]
COMPONENTS = [
    "<Aa ",
    "<Aa {",
    "<Aa '",
    '<Aa "',
    "<Aa `",
    "<Aa>",
    "</Aa>",
    "<Aa>\n    a\n\n",
    "<Aa/>",
    "\nimport {",
    "\nexport {",
]
COMPONENTS += ["\nexport {\n\n", "\nexport const a = /*", "\nexport const a = `", "<pre>", "<code>", "<a-b "]
DIRECTIVES = [
    ":::",
    "\n:::",
    "\n:::note a",
    "\n::a[",
    "\n.. a",
    "\n.. note:: ",
    "\n!!! a",
    "\n!!! a\n    b\n\n",
    "{a}`",
    ":a:`b",
    ":a",
    "\n```{note}\n",
]
DIRECTIVES += ["\n!!! a\n\n", "\n.. code::\n", "\n(a)=\n", "\n*[a]: b", "\n> [!a]\n", "\\[a b=", "\\[a\\]", "<Aa b={`"]
SENTENCES = [".", ". ", "e.g. ", "a\u0301", "\u0301", "。", "\x1e"]
BUTTONS = ["Share this post\n\n", "7\n\n"]
AFTER_AN_OPENING = [("[a](", " "), ("[a][", "a"), ("![", "a"), ("`", "a"), ("<a ", "a"), ("**", "a\n"), ("> ", "\t")]
AFTER_AN_OPENING += [
    ("{{", "a "),
    ("%%", "a\n\n"),
    ("<Aa ", "b={c} "),
    ("<Aa {", "{"),
    ("[a ", "b=c "),
    ("[[", "a"),
    ("==", "a "),
]
AFTER_AN_OPENING += [
    ("\n[^1]: a\n\n    ", "\n\n    a"),
    ("\nexport const a = ", "{\n"),
    ("$", "a "),
    ("^[a ", "[b]"),
    ("{: ", ".a "),
]


@pytest.fixture(autouse=True)
def alarm() -> Iterator[None]:
    def stop(signum: int, frame: object) -> None:
        raise TimeoutError(f"{ARTICLE_CHARS} characters took more than {ALARM_S} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(ALARM_S)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize(
    ("opening", "mark"),
    [("", mark) for mark in INLINE + CODE + HTML + BLOCKS + SENTENCES + BUTTONS]
    + [("", mark) for mark in TEMPLATES + NOTES + COMPONENTS + DIRECTIVES]
    + AFTER_AN_OPENING,
)
def test_a_long_run_of_one_mark_is_read_in_linear_time(opening, mark):
    article = f"Text.\n\n{opening}{mark * (ARTICLE_CHARS // len(mark))}x\n\nMore text."
    for cleaning in ("faithful", "chapter"):
        chunks = cut_article(article, GenerationRecipe(cleaning=cleaning))
        assert all(len(chunk.text) <= 2000 for chunk in chunks) or cleaning == "chapter"
