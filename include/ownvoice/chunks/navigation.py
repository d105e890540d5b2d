"""Navigation: menus, buttons and link lists that came along when a web page became an article.

The rules look at whole blocks only, and at what stands beside them, so that a sentence is never dropped.
"""

from __future__ import annotations

import re
from itertools import groupby

from ownvoice.chunks.blocks import Block

_MAX_BUTTON_CHARS = 100
_MAX_MENU_ENTRY_CHARS = 40
_MIN_MENU_ENTRIES = 3

# A paragraph that is one of these is a button wherever it stands (Substack, Medium and static sites).
_BUTTONS = frozenset(
    "Share this post|Copy link|Subscribe|SubscribeSign in|Sign in|Sign up|Open in app|Get started|Get the app"
    "|Start Writing|Start WritingGet the app|PreviousNext|Discussion about this post|No posts|Ready for more?"
    "|Privacy ∙ Terms|Privacy ∙ Terms ∙ Collection notice|Substack is the home for great culture|Leave a comment"
    "|Expand full comment|Skip to content|Back to top".split("|")
)
_BUTTON = re.compile(
    r"\d+ repl(?:y|ies) by .*|\d+ more comments?\.\.\.|(?:©|__Copyright) \d{4},? .*"
    r"|This site requires JavaScript to run correctly\..*|To make Medium work, we log user data\..*",
    re.DOTALL,
)
# These are buttons beside another button, and words elsewhere.
_BESIDE_BUTTONS = frozenset(
    "Facebook Twitter LinkedIn Email Note Other Share Like Reply Follow Listen Comments Restacks Top Latest"
    " Discussions Next Previous".split()
)
_BESIDE_BUTTON = re.compile(r"\d[\d.,]*[KM]?|[\w-]+(?:\.[\w-]+){1,3}")
_LINK = re.compile(r"\[[^\[\]]*+\]\([^()\s]*+\)")
_WORD = re.compile(r"[^\W_]")
_SENTENCE_MARK = re.compile(r"[.!?…;:,](?=\s|\Z)|[。！？；：，、؟،।]")


def without_navigation(source: str, blocks: list[Block]) -> list[Block]:
    """Return the blocks that are not menus, buttons, link lists or icons."""
    kept: list[Block] = []
    for is_list, run in groupby(_without_buttons(source, blocks), key=_is_item):
        entries = list(run)
        if not is_list:
            kept += [block for block in entries if not _is_link_line(source, block)]
        elif not _is_menu(source, entries) or (kept and source[kept[-1][2] - 1] in ":："):
            kept += entries
    return kept


def _is_item(block: Block) -> bool:
    return block[0] == "item"


def _without_buttons(source: str, blocks: list[Block]) -> list[Block]:
    """Drop each run of buttons that holds one which is a button wherever it stands."""
    kept: list[Block] = []
    doubtful: list[Block] = []
    beside = shares = False
    for block in blocks:
        kind, start, end = block
        text = source[start:end] if end - start <= _MAX_BUTTON_CHARS else ""
        if text in _BUTTONS or _BUTTON.match(text):
            beside, doubtful = True, []
        elif text in _BESIDE_BUTTONS or (shares and kind == "heading") or _BESIDE_BUTTON.fullmatch(text):
            if not beside:
                doubtful.append(block)
        else:
            kept += doubtful
            kept.append(block)
            beside, doubtful = False, []
        shares = text == "Share this post"  # the card that follows repeats the title
    return kept + doubtful


def _is_link_line(source: str, block: Block) -> bool:
    """Say whether a block is links and nothing else; one link that reads as a sentence is prose."""
    kind, start, end = block
    if kind == "heading" or source.find("](", start, end) < 0:
        return False
    text = source[start:end]
    rest, links = _LINK.subn("", text)
    return links > 0 and not _WORD.search(rest) and (links > 1 or not _SENTENCE_MARK.search(text))


def _is_menu(source: str, entries: list[Block]) -> bool:
    """Say whether a list is only links, or only short entries without the punctuation of a sentence."""
    if all(_is_link_line(source, entry) for entry in entries):
        return True
    return len(entries) >= _MIN_MENU_ENTRIES and all(_is_menu_entry(source, entry) for entry in entries)


def _is_menu_entry(source: str, entry: Block) -> bool:
    if _is_link_line(source, entry):
        return True
    _, start, end = entry
    return end - start <= _MAX_MENU_ENTRY_CHARS and not _SENTENCE_MARK.search(source[start:end])
