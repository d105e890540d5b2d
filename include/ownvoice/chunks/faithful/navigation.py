"""Navigation: menus, buttons and lists of links, left in an article from the web page that it was.

The rules judge whole blocks and their neighbours only, so that no part of a paragraph is ever dropped.
"""

from __future__ import annotations

import re

from ownvoice.chunks.faithful.blocks import Block

_MAX_MENU_ENTRY_CHARS = 40
_MIN_MENU_ENTRIES = 3

# A paragraph with one of these texts is a button anywhere (Substack, Medium and static sites).
_BUTTON = r"""(?:
      Share\ this\ post (?: \n\s* \#{1,6}\ [^\n]* (?: \n [^\n]+ )*+ )?  # with the card that repeats the title
    | Copy\ link | Subscribe | (?:Subscribe)?+Sign\ in | Sign\ up | Open\ in\ app | Get\ (?:started|the\ app)
    | PreviousNext | Start\ Writing(?:Get\ the\ app)?+ | Leave\ a\ comment | Expand\ full\ comment
    | Discussion\ about\ this\ post | No\ posts | Ready\ for\ more\? | Skip\ to\ content | Back\ to\ top
    | Privacy\ ∙\ Terms(?:\ ∙\ Collection\ notice)?+ | Substack\ is\ the\ home\ for\ great\ culture
    | \d++\ repl(?:y|ies)\ by\ [^\n]++ | \d++\ more\ comments?+\.\.\. | (?:©|__Copyright)\ \d{4},?+\ [^\n]++
    | This\ site\ requires\ JavaScript\ to\ run\ correctly\.[^\n]*+(?:\n[^\n]++)?+
    | To\ make\ Medium\ work,\ we\ log\ user\ data\.[^\n]*+
)"""
# A paragraph with one of these texts is a button only next to another button.
_BESIDE = r"""(?:
      Facebook | Twitter | LinkedIn | Email | Note | Other | Share | Like | Reply | Follow | Listen | Comments
    | Restacks | Top | Latest | Discussions | Next | Previous | \d[\d.,]*+[KM]? | [\w-]++(?:\.[\w-]++){1,3}+
)"""
_PARAGRAPH_END = r"(?: [ \t]*+ (?:\n[ \t]*+)?+ (?:\n|\Z) \s*+ )"
_BUTTON_RUN = re.compile(
    rf"\n[ ]{{0,2}}\n (?=[A-Z©_\d\#a-z]) (?: (?:\#{{1,6}}\ )? (?:{_BUTTON}|{_BESIDE}) {_PARAGRAPH_END} )++", re.VERBOSE
)
_BUTTON_LINE = re.compile(rf"^(?:\#{{1,6}}\ )?+{_BUTTON}[ \t]*+$", re.VERBOSE | re.MULTILINE)
_LINK = re.compile(r"\[[^\[\]]*\]\([^()\s]*\)")
_WORD = re.compile(r"[^\W_]")
_SENTENCE_MARK = re.compile(r"[.!?…;:,](?=\s|\Z)|[。！？；：，、؟،।]")


def mask_buttons(source: str) -> str:
    """Blank each run of paragraphs that are buttons, at the same length."""
    return _BUTTON_RUN.sub(_blank_buttons, "\n\n" + source)[2:]


def _blank_buttons(run: re.Match[str]) -> str:
    return "\n" * len(run[0]) if _BUTTON_LINE.search(run[0]) else run[0]


def without_menus(source: str, blocks: list[Block]) -> list[Block]:
    """Return the blocks without menus and without lines of links."""
    has_links = "](" in source
    kept: list[Block] = []
    entries: list[Block] = []
    for block in blocks:
        if block.kind == "item":
            entries.append(block)
            continue
        if entries:
            kept += _unless_menu(source, kept, entries)
            entries = []
        if not (has_links and _is_link_line(source, block)):
            kept.append(block)
    return kept + _unless_menu(source, kept, entries)


def _unless_menu(source: str, before: list[Block], entries: list[Block]) -> list[Block]:
    """Return the entries of a list; none if it is a menu. A list after a colon belongs to the text, and is none."""
    if before and source[before[-1].end - 1] in ":：":
        return entries
    return [] if _is_menu(source, entries) else entries


def _is_link_line(source: str, block: Block) -> bool:
    """Whether a block consists of links only. A single link that reads as a sentence is prose."""
    kind, start, end = block
    if kind == "heading" or source.find("](", start, end) < 0:
        return False
    text = source[start:end]
    rest, links = _LINK.subn("", text)
    return links > 0 and not _WORD.search(rest) and (links > 1 or not _SENTENCE_MARK.search(text))


def _is_menu(source: str, entries: list[Block]) -> bool:
    """Whether a list consists of links only, or of short entries without the punctuation of a sentence."""
    if all(_is_link_line(source, entry) for entry in entries):
        return True
    return len(entries) >= _MIN_MENU_ENTRIES and all(_is_menu_entry(source, entry) for entry in entries)


def _is_menu_entry(source: str, entry: Block) -> bool:
    if _is_link_line(source, entry):
        return True
    _, start, end = entry
    return end - start <= _MAX_MENU_ENTRY_CHARS and not _SENTENCE_MARK.search(source[start:end])
