"""Whether the author's words survived the reading."""

from __future__ import annotations

from collections import Counter

import pytest

from ownvoice.articles.article import UnreadableError
from ownvoice.articles.formats.page.main_text import MainText
from ownvoice.articles.formats.page.survival import check_survival
from ownvoice.articles.formats.page.tree import parsed

WORDS = "We waited “on the platform” until the lamps were lit, and nobody told us why the train had not come. "
PAGE = f"<html><head><title>x</title></head><body><p>{WORDS * 2}</p></body></html>"


def check(markdown: str, page: str = PAGE, added: str = "") -> None:
    root = parsed(PAGE)[0]
    check_survival(page, root, MainText(root.find("body"), set(), set()), markdown, Counter(added))


def test_what_the_page_holds_and_nothing_else_passes():
    check(WORDS * 2)
    check("12. «" + WORDS * 2 + "»", added="12«»")
    check((WORDS * 2).replace(" ", "\n"))


@pytest.mark.parametrize(
    ("markdown", "lost", "come_in"),
    [
        (WORDS, 79, 0),
        (WORDS * 3, 0, 79),
        ((WORDS * 2).replace("“", "").replace("”", ""), 4, 0),
        ((WORDS * 2).replace("lamps", "candles"), 4, 8),
        ("", 158, 0),
    ],
)
def test_letters_and_quotation_marks_that_are_lost_or_come_in_are_counted(markdown, lost, come_in):
    with pytest.raises(UnreadableError, match=f"of the 158 .* {lost} would be lost, and {come_in} come in") as found:
        check(markdown)
    assert found.value.reason == "lost_text"


def test_text_that_the_parser_did_not_see_is_lost_too():
    with pytest.raises(UnreadableError, match="27 would be lost, and 0 come in"):
        check(WORDS * 2, page=PAGE + "<p>The parser overlooked this line")
