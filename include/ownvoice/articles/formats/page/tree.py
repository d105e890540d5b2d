"""The tree of a page, and what its elements are: blocks, parts that are no text of an article, links."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import islice
from typing import TypeAlias

from lxml import etree

from ownvoice.articles.article import Reason, UnreadableError
from ownvoice.articles.formats.page.markup import RAW_TEXT, with_bounded_tags

Element: TypeAlias = etree._Element

SOFT_HYPHEN = "\xad"  # says where a word may break, and is shown only there

MAX_ELEMENTS = 200_000
MAX_DEPTH = 2048  # the bound of libxml2, which drops the rest of a page beyond it

HEADINGS = {f"h{level}": level for level in range(1, 7)}
TABLE_PARTS = frozenset({"table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th"})
BLOCKS = frozenset(
    {"html", "body", "p", "div", "ul", "ol", "menu", "dir", "li", "dl", "dt", "dd", "hr", "blockquote", "pre", "xmp"}
    | {"listing", "plaintext", "section", "article", "aside", "header", "footer", "main", "nav", "figure", "figcaption"}
    | {"form", "fieldset", "legend", "details", "summary", "address", "center", "hgroup", "search", "dialog"}
    | HEADINGS.keys()
    | TABLE_PARTS
)
NEVER_TEXT = frozenset(
    {
        "head",
        "nav",
        "search",
        "noscript",
        "template",
        "button",
        "select",
        "datalist",
        "option",
        "object",
        "video",
        "audio",
    }
    | {"canvas", "svg", "map", "progress", "meter", "rt", "rp", "annotation", "annotation-xml", "frameset", *RAW_TEXT}
)
_MAY_BE_BESIDE = BLOCKS - {"html", "body", "main", "article"}
_NEVER_TEXT_ROLES = frozenset({"navigation", "search", "banner", "contentinfo"})
_NAMED = re.compile(
    r"(?:(?:site|page|post|blog|main|entry|top|article)-)?"
    r"(?:nav|navbar|navigation|menu|breadcrumbs?|sidebar|comments?|respond|related|share|sharing|newsletter|subscribe"
    r"|cookies?|pagination|pager|toc)"
    r"(?:-(?:area|list|section|wrapper|container|box|bar|buttons|banner|notice|consent|links|posts))?"
)
# For screen readers alone, and the second copy of a formula.
_UNSEEN = frozenset({"sr-only", "visually-hidden", "screen-reader-text", "katex-html", "mjx-assistive-mathml"})
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def parsed(page: str) -> list[Element]:
    """Return the elements of a page, its root first. Raises `UnreadableError` without any, or beyond the bounds.

    Whoever walks through the tree holds the list meanwhile: lxml makes its objects as they are asked for, and to let go
    of one it climbs to the next that is held.
    """
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(with_bounded_tags(page).encode("utf-8", "replace"), parser)
    except (etree.ParserError, etree.XMLSyntaxError):  # nothing but comments
        root = None
    if any(error.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for error in parser.error_log):
        raise UnreadableError(Reason.TOO_LARGE, f"its elements are nested deeper than {MAX_DEPTH:,}; make it plainer")
    if root is None:
        raise no_main_text()
    elements = list(islice(root.iter(), MAX_ELEMENTS + 1))
    if len(elements) > MAX_ELEMENTS:
        raise UnreadableError(Reason.TOO_LARGE, f"it has more than {MAX_ELEMENTS:,} elements; cut it into articles")
    return elements


def no_main_text() -> UnreadableError:
    """Return the error for a page that has no text of an article."""
    return UnreadableError(Reason.NO_MAIN_TEXT, "the page has no main text: only navigation, scripts or pictures")


def is_never_text(element: Element) -> bool:
    """Whether an element is, by its tag, role or style, no text that readers see as one."""
    return (
        element.tag in NEVER_TEXT
        or not _NEVER_TEXT_ROLES.isdisjoint((element.get("role") or "").lower().split())
        or element.get("hidden") is not None
        or not _UNSEEN.isdisjoint(names_of(element))
        or _HIDDEN.search(element.get("style") or "") is not None
    )


def is_named_otherwise(element: Element) -> bool:
    """Whether a block is named as something beside the article: a sidebar, comments, buttons to share it."""
    return element.tag in _MAY_BE_BESIDE and any(map(_NAMED.fullmatch, names_of(element)))


def names_of(element: Element) -> list[str]:
    """Return the classes and the id of an element, in lower case and with hyphens."""
    return f"{element.get('class') or ''} {element.get('id') or ''}".lower().replace("_", "-").split()


def shown_text(element: Element, left_out: Collection[Element] = (), line_break: str = " ") -> str:
    """Return the text of an element as the page holds it, without that of the elements `left_out`."""
    parts: list[str] = []
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, one in walk:
        if event == "end":
            parts.append(one.tail if one.tail and one is not element else "")
        elif one in left_out:
            walk.skip_subtree()
        else:
            parts.append(line_break if one.tag == "br" else one.text or "")
    return "".join(parts)


def holders_of(elements: Iterator[Element]) -> set[Element]:
    """Return the elements with all that are around them."""
    found: set[Element] = set()
    for element in elements:
        around: Element | None = element
        while around is not None and around not in found:
            found.add(around)
            around = around.getparent()
    return found
